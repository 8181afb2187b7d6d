/** Notes the client behind the operator's own front proxies (wire contract 5.4 rule 3). */
// hot
import { TrustedProxies } from '@causeway/condition';
import type { Hop } from './gateway.js';

export class FrontProxies extends TrustedProxies {
  /** Sets `clientIp` and `proxied` of a request whose peer is one of the proxies. */
  note(x: Hop): void {
    if (x.listener === 'internal' || !this.trusts(x.peer)) return;
    x.proxied = true;
    if (x.head.forwardedFor !== null) x.clientIp = this.clientIn(x.head.forwardedFor, x.peer);
  }
}
