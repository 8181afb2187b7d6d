/** Which headers no log shows, whatever it is asked for (management model 2.17). In lower case. */
import { HOP_BY_HOP } from '@causeway/contract';

/** Credentials and signatures: who can read logs is not to be able to call with what is in them. */
export const HIDDEN_HEADERS: readonly string[] = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-ca-signature',
  'x-ca-proxy-signature',
  'x-ca-appcode',
];

/** What speaks of a connection, and what a line has already; X-Ca-Hop passes between hops of the gateway. */
export const UNLOGGED_HEADERS: readonly string[] = [...HOP_BY_HOP, 'host', 'content-length', 'x-ca-hop'];
