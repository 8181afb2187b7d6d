/** All that one benchmark found out. */
import type { Loading } from './bed.js';
import type { Resources } from './causeway/stack.js';
import type { Finding } from './measurements/list.js';
import type { Outcome } from './rounds.js';
import { type Verdict, verdictsOf, verdictsOfResources } from './verdicts.js';

export interface Results {
  outcomes: readonly Outcome[];
  /** Contenders that could not be measured here. */
  skipped: readonly { name: string; because: string }[];
  findings: readonly Finding[];
  /** By server: what the stores that are compared cost before the first request. */
  loading: Readonly<Record<string, Loading>>;
  /** null when the whole of Causeway was not started. */
  resources: Resources | null;
}

export function allVerdicts({ outcomes, findings, resources }: Results): Verdict[] {
  return [
    ...verdictsOf(outcomes),
    ...findings.flatMap(({ verdicts }) => verdicts),
    ...(resources === null ? [] : verdictsOfResources(resources)),
  ];
}
