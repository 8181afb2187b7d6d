/** What comes before everything else: on which program the request runs, and whether its client may come at all. */
// hot
import type { Program } from '@causeway/engine';
import { type Answer, refuse } from '@causeway/plugins';
import type { Hop } from './gateway.js';

/**
 * Before the domain is looked at, so that a client who may not come learns nothing. What comes over the internal listener was
 * judged where it came in: its peer is a gateway, which no list of clients names (wire contract 1.1 rule 8).
 */
export function enter(x: Hop, program: Program): Answer | undefined {
  x.revision = program.revision;
  const { mayCome } = program.instance;
  if (mayCome === null || x.listener === 'internal' || mayCome(x.clientIp)) return undefined;
  return refuse('A403IP');
}
