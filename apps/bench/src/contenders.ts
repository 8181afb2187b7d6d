/** Everything that is loaded with requests: which server, asked for what, and compared with whom. */
import { BENCH_DOMAIN } from './causeway/scenario.js';
import type { Section } from './sections.js';
import { hostOf, pathOf } from './stores/many-apis.js';
import { bearerToken, MEASURED_PLUGINS, ORIGIN, PASSWORD, HOST as PLUGINS_HOST, USER, WITHOUT } from './stores/plugins.js';

export type ServerName =
  | 'causeway'
  | 'causeway-wire'
  | 'causeway-logs'
  | 'causeway-wire-logs'
  | 'causeway-redis'
  | 'store-10'
  | 'store-100000'
  | 'store-plugins'
  | 'nginx'
  | 'nginx-logs'
  | 'http-proxy';

export function isDataPlane(server: ServerName): boolean {
  return server.startsWith('causeway') || server.startsWith('store');
}

/** APIs in the stores that are made for a measurement. */
export const STORE_SIZES: Partial<Record<ServerName, number>> = { 'store-10': 10, 'store-100000': 100_000 };

/**
 * What wrk sends: one request again and again; one signature with a nonce for each request, or without one, good for 15 minutes;
 * or requests to all APIs of a store in turn.
 */
export type Requests = 'same' | 'nonces' | 'fixed-signature' | 'all-apis';

export interface Contender {
  name: string;
  section: Section;
  label: string;
  server: ServerName;
  host: string;
  path: string;
  requests: Requests;
  /** The one that the others of its section are divided by. */
  isPeer: boolean;
  /** Target: CPU per request over that of the peer, at most; null where there is none. */
  mostCpuOfPeer: number | null;
  /** Target: µs of CPU per request more than the peer's, at most; null where there is none. */
  mostMoreThanPeerUs: number | null;
  /** Sent besides Host. */
  headers: Readonly<Record<string, string>>;
  /** False where nearly no request is to reach the origin. */
  reachesOrigin: boolean;
}

const PEER_HOST = 'public.local';
const MAIN = '/distributeAPI?target=resource1';

type Details = Partial<Omit<Contender, 'name' | 'section' | 'label' | 'server' | 'path'>>;

function contender(
  section: Section,
  name: string,
  label: string,
  server: ServerName,
  path: string,
  details: Details = {},
): Contender {
  const host = server.startsWith('causeway') ? BENCH_DOMAIN : PEER_HOST;
  return {
    name,
    section,
    label,
    server,
    host,
    path,
    requests: 'same',
    isPeer: false,
    mostCpuOfPeer: null,
    mostMoreThanPeerUs: null,
    headers: {},
    reachesOrigin: true,
    ...details,
  };
}

/** What a plugin needs of the request to do its work, and what it may cost. */
const PLUGIN_DETAILS: Readonly<Record<string, Details>> = {
  'ip-control': { mostMoreThanPeerUs: 2 },
  cors: { headers: { Origin: ORIGIN }, mostMoreThanPeerUs: 2 },
  'access-control': { mostMoreThanPeerUs: 2 },
  'traffic-control': { mostMoreThanPeerUs: 3 },
  'basic-auth': { headers: { Authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}` } },
  'jwt-auth': { headers: { Authorization: `Bearer ${bearerToken()}` } },
  caching: { reachesOrigin: false, mostCpuOfPeer: 0.6 },
};

const peer = { isPeer: true };
const nonces = { requests: 'nonces' } as const;
const allApis = { host: hostOf(0), requests: 'all-apis' } as const;

export const CONTENDERS: readonly Contender[] = [
  contender('main', 'causeway-main', 'Causeway, in process', 'causeway', MAIN, { mostCpuOfPeer: 0.9 }),
  contender('main', 'causeway-main-wire', 'Causeway, forced over the wire', 'causeway-wire', MAIN),
  contender('main', 'nginx-lua-main', 'nginx + Lua stand-in, two loopback hops', 'nginx', MAIN, peer),

  contender('logs', 'causeway-main-logs', 'Causeway, in process', 'causeway-logs', MAIN),
  contender('logs', 'causeway-main-wire-logs', 'Causeway, forced over the wire', 'causeway-wire-logs', MAIN),
  contender('logs', 'nginx-lua-main-logs', 'nginx + Lua stand-in, two loopback hops', 'nginx-logs', MAIN, peer),

  contender('plain', 'causeway-plain', 'Causeway', 'causeway', '/plain'),
  contender('plain', 'http-proxy-plain', 'http-proxy (http-proxy-3)', 'http-proxy', '/plain', peer),
  contender('plain', 'nginx-plain', 'nginx', 'nginx', '/plain'),

  contender('signed', 'causeway-signed', 'Causeway, a nonce per request', 'causeway', '/signed', nonces),
  contender('signed', 'causeway-signed-fixed', 'Causeway, no nonce', 'causeway', '/signed', { requests: 'fixed-signature' }),
  contender('signed', 'nginx-lua-signed', 'nginx + Lua stand-in, a nonce per request', 'nginx', '/signed', {
    ...nonces,
    ...peer,
  }),

  contender('auth', 'auth-anonymous', 'Causeway, anonymous', 'causeway', '/anonymous', peer),
  contender('auth', 'auth-nonces', 'Causeway, signed, nonces local', 'causeway', '/signed', { ...nonces, mostCpuOfPeer: 1.3 }),
  contender('auth', 'auth-redis-nonces', 'Causeway, signed, nonces in Redis', 'causeway-redis', '/signed', nonces),

  contender('size', 'size-10', 'Causeway, 10 APIs in 1 group', 'store-10', pathOf(0), { ...allApis, ...peer }),
  contender('size', 'size-100000', 'Causeway, 100,000 APIs in 1,000 groups', 'store-100000', pathOf(0), {
    ...allApis,
    mostCpuOfPeer: 1.2,
  }),

  contender('plugins', 'plugin-none', 'Causeway, no plugin', 'store-plugins', `/${WITHOUT}`, { host: PLUGINS_HOST, ...peer }),
  ...MEASURED_PLUGINS.map(({ name, type }) =>
    contender(
      'plugins',
      `plugin-${name}`,
      `Causeway, ${type}${name === 'caching' ? ', a hit' : ''}`,
      'store-plugins',
      `/${name}`,
      {
        host: PLUGINS_HOST,
        ...PLUGIN_DETAILS[name],
      },
    ),
  ),
];
