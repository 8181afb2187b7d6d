/** Everything that is measured: which server, asked for what, and compared with whom. */
import { BENCH_DOMAIN } from './causeway/scenario.js';

export type Section = 'main' | 'logs' | 'plain' | 'signed';

export const SECTION_TITLES: Record<Section, string> = {
  main: 'Main job (route, sign, call by internal domain, verify, forward), logs off',
  logs: 'Main job, one JSON line per hop to /dev/null',
  plain: 'Plain proxying, anonymous, logs off',
  signed: 'Signed call, verified and forwarded, logs off',
};

export type ServerName =
  | 'causeway'
  | 'causeway-wire'
  | 'causeway-logs'
  | 'causeway-wire-logs'
  | 'nginx'
  | 'nginx-logs'
  | 'http-proxy';

/** `nonces`: every request has its own; `fixed`: one signature without a nonce, good for 15 minutes. */
export type Signing = 'none' | 'nonces' | 'fixed';

export interface Contender {
  name: string;
  section: Section;
  label: string;
  server: ServerName;
  host: string;
  path: string;
  signing: Signing;
  /** The one that the others of its section are divided by. */
  isPeer: boolean;
}

const PEER_HOST = 'public.local';
const MAIN = '/distributeAPI?target=resource1';

function causeway(
  name: string,
  section: Section,
  label: string,
  server: ServerName,
  path: string,
  signing: Signing = 'none',
): Contender {
  return { name, section, label, server, host: BENCH_DOMAIN, path, signing, isPeer: false };
}

function other(
  name: string,
  section: Section,
  label: string,
  server: ServerName,
  path: string,
  isPeer: boolean,
  signing: Signing = 'none',
): Contender {
  return { name, section, label, server, host: PEER_HOST, path, signing, isPeer };
}

export const CONTENDERS: readonly Contender[] = [
  causeway('causeway-main', 'main', 'Causeway, in process', 'causeway', MAIN),
  causeway('causeway-main-wire', 'main', 'Causeway, forced over the wire', 'causeway-wire', MAIN),
  other('nginx-lua-main', 'main', 'nginx + Lua stand-in, two loopback hops', 'nginx', MAIN, true),

  causeway('causeway-main-logs', 'logs', 'Causeway, in process', 'causeway-logs', MAIN),
  causeway('causeway-main-wire-logs', 'logs', 'Causeway, forced over the wire', 'causeway-wire-logs', MAIN),
  other('nginx-lua-main-logs', 'logs', 'nginx + Lua stand-in, two loopback hops', 'nginx-logs', MAIN, true),

  causeway('causeway-plain', 'plain', 'Causeway', 'causeway', '/plain'),
  other('http-proxy-plain', 'plain', 'http-proxy (http-proxy-3)', 'http-proxy', '/plain', true),
  other('nginx-plain', 'plain', 'nginx', 'nginx', '/plain', false),

  causeway('causeway-signed', 'signed', 'Causeway, a nonce per request', 'causeway', '/signed', 'nonces'),
  causeway('causeway-signed-fixed', 'signed', 'Causeway, no nonce', 'causeway', '/signed', 'fixed'),
  other('nginx-lua-signed', 'signed', 'nginx + Lua stand-in, a nonce per request', 'nginx', '/signed', true, 'nonces'),
];
