/** The settings of a data plane: the only place that reads the environment. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { parseBlock } from '@causeway/condition';
import { PROXY_NAME } from '@causeway/engine';
import { type Keyring, parseKeyring } from '@causeway/snapshot';
import { z } from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const whole = (least: number, most: number, fallback: number) => z.coerce.number().int().min(least).max(most).default(fallback);
const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'])
    .default(fallback ? 'true' : 'false')
    .transform((text) => text === 'true');

/** `id:base64key[,id:base64key]`: the form of the master key and of an instance key. */
const Keys = z.string().transform((text, context): Keyring => {
  try {
    return parseKeyring(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

/** A comma list of addresses and blocks of both families. */
const Blocks = z
  .string()
  .max(65_536)
  .default('')
  .transform((text, context): readonly string[] => {
    const blocks = text.split(',').flatMap((item) => item.trim() || []);
    for (const block of blocks)
      if (parseBlock(block) === null)
        context.addIssue({ code: 'custom', message: `${block} is no address or block such as 10.0.0.0/8` });
    return blocks;
  });

/** Every setting, each with what it means: docs/reference/settings.md is made of it. */
export const Settings = z
  .object({
    REDIS_URL: z
      .url({ protocol: /^rediss?$/ })
      .optional()
      .describe(
        'Shares snapshots and nonces among nodes. Without it a node follows the control plane over HTTP and remembers nonces alone.',
      ),
    CAUSEWAY_MASTER_KEY: Keys.optional().describe(
      'Opens what snapshots hold sealed, for every instance: `id:base64key[,id:base64key]`, 32 bytes each. This or the instance key is required.',
    ),
    CAUSEWAY_INSTANCE_KEY: Keys.optional().describe('As the master key, good for the one instance that is served.'),
    CAUSEWAY_NODE_TOKEN: z.string().min(24).describe('What the node shows to the control plane.'),
    CAUSEWAY_INSTANCE: z.string().min(1).max(128).default('default').describe('The instance that is served, by id or name.'),
    CAUSEWAY_CONTROL_PLANE_URL: z
      .url({ protocol: /^https?$/ })
      .default('http://127.0.0.1:9000')
      .describe('Where snapshots come from, and reports go.'),
    CAUSEWAY_DATA_DIR: z.string().min(1).default('./.causeway').describe('Keeps the last good snapshots.'),
    CAUSEWAY_PUBLIC_PORT: port(8080).describe('Public traffic.'),
    CAUSEWAY_PUBLIC_HOST: z.string().default('0.0.0.0').describe('Address of the public listener.'),
    CAUSEWAY_INTERNAL_PORT: port(8081).describe('Calls between gateways.'),
    CAUSEWAY_INTERNAL_HOST: z
      .string()
      .default('127.0.0.1')
      .describe('Address of the internal listener; another than loopback only where siblings must reach it.'),
    CAUSEWAY_ADMIN_PORT: port(9090).describe('`/livez`, `/readyz` and `/metrics`.'),
    CAUSEWAY_ADMIN_HOST: z.string().default('127.0.0.1').describe('Address of the admin listener.'),
    CAUSEWAY_INTERNAL_CALLS: z
      .enum(['inprocess', 'wire'])
      .default('inprocess')
      .describe('How APIs of the own instance are called: without a socket, or through the internal listener.'),
    CAUSEWAY_NONCE_WHEN_REDIS_IS_AWAY: z
      .enum(['auto', 'local', 'refuse'])
      .default('auto')
      .describe('Wire contract 2.5, nonce rule 7.'),
    CAUSEWAY_NODE_ID: z
      .string()
      .min(1)
      .max(120)
      .optional()
      .describe(
        'Name of the node in reports and logs, unique in its instance; the host name when not set. Several workers are a node each: `-1`, `-2` and so on follow it.',
      ),
    CAUSEWAY_WORKERS: whole(1, 64, 1).describe(
      'Processes that share the ports; more than one need Redis. Limits of connections, calls and memory are for each of them.',
    ),
    CAUSEWAY_REDIS_PREFIX: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,64}$/)
      .default('causeway')
      .describe('First part of every key in Redis; the same as the control plane’s.'),
    CAUSEWAY_LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
      .default('info')
      .describe('Least level of what is logged.'),
    CAUSEWAY_ACCESS_LOG: z.enum(['on', 'off']).default('on').describe('One JSON line on standard output for each hop.'),
    CAUSEWAY_BACKEND_ALLOW_LOOPBACK: flag(false).describe('Lets backends be on this machine.'),
    CAUSEWAY_BACKEND_DENIED_BLOCKS: Blocks.describe(
      'Addresses and blocks, separated by commas, that no backend may have, besides those that none ever may (wire contract 6 rule 2).',
    ),
    CAUSEWAY_BACKEND_TLS_VERIFY: flag(true).describe('Checks the certificates of https backends.'),
    CAUSEWAY_CLIENT_TRUSTED_PROXIES: Blocks.describe(
      'Addresses and blocks, separated by commas, of the front proxies whose forwarding headers are believed (wire contract 5.4 rule 3).',
    ),
    CAUSEWAY_PUBLIC_DOMAIN_ATTACHMENT_HEADER: flag(false).describe(
      'Marks answers on generated public domains as downloads, so that no browser shows them as a page (wire contract 11.1).',
    ),
    CAUSEWAY_SYSTEM_PROXY_NAME: z
      .string()
      .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/, 'must be 1 to 128 printable ASCII characters')
      .default(PROXY_NAME)
      .describe('Value of the system parameter `CaProxy`.'),
    CAUSEWAY_LOOP_MAX_DEPTH: whole(1, 100, 5).describe('How often a request may pass the same listener role of an instance.'),
    CAUSEWAY_LOOP_MAX_CALLS: whole(1, 1000, 16).describe('Internal calls under one request from outside.'),
    CAUSEWAY_LIMITS_URL: whole(1024, 131_072, 8192).describe('Request target, bytes.'),
    CAUSEWAY_LIMITS_HEADER: whole(8192, 262_144, 32_768).describe('Header section, bytes.'),
    CAUSEWAY_LIMITS_BODY: whole(0, 1_073_741_824, 33_554_432).describe('Request body, bytes.'),
    CAUSEWAY_LIMITS_BUFFERED_BODY: whole(0, 67_108_864, 1_048_576).describe('A body that must be held in memory, bytes.'),
    CAUSEWAY_LIMITS_BUFFERED_TOTAL: whole(0, 17_179_869_184, 268_435_456).describe('All bodies held at a time, bytes.'),
    CAUSEWAY_LIMITS_CONNECTIONS: whole(1, 1_000_000, 10_000).describe('Client connections to a listener.'),
    CAUSEWAY_LIMITS_NESTED_CALLS: whole(1, 1_000_000, 4096).describe('Internal calls under way in the process.'),
    CAUSEWAY_LIMITS_NONCES: whole(1000, 100_000_000, 2_000_000).describe(
      'Nonces that the process remembers; 16 to 48 bytes each.',
    ),
    CAUSEWAY_CACHE_BYTES: whole(0, 17_179_869_184, 67_108_864).describe(
      'Answers that plugins of type caching keep in the process, bytes.',
    ),
    CAUSEWAY_MAX_STALENESS: whole(0, 31_536_000, 0).describe(
      'Seconds for which a snapshot is served that no source confirms; then all traffic is answered X503BZ until one does. 0: it is served for ever.',
    ),
    CAUSEWAY_DRAIN_MS: whole(0, 600_000, 30_000).describe('How long requests under way may go on after SIGTERM, ms.'),
  })
  .refine((s) => s.CAUSEWAY_MASTER_KEY !== undefined || s.CAUSEWAY_INSTANCE_KEY !== undefined, {
    path: ['CAUSEWAY_INSTANCE_KEY'],
    error: 'is required (or CAUSEWAY_MASTER_KEY)',
    // Beside other problems too: all are told at once.
    when: () => true,
  })
  .refine((s) => !(s.CAUSEWAY_WORKERS > 1) || s.REDIS_URL !== undefined, {
    path: ['REDIS_URL'],
    error:
      'is required when CAUSEWAY_WORKERS is above 1: through it workers know which nonces are used and how much of a limit is spent',
    when: () => true,
  });

export type Config = ReturnType<typeof fromSettings>;

/** Settings that may also come from a file, named by the same setting with `_FILE` at its end. */
export const SECRETS = ['CAUSEWAY_MASTER_KEY', 'CAUSEWAY_INSTANCE_KEY', 'CAUSEWAY_NODE_TOKEN', 'REDIS_URL'];

/** Reads all settings, or returns every problem with them. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config | { readonly problems: readonly string[] } {
  const values: Record<string, string | undefined> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(environment)) if (value !== '') values[name] = value;
  for (const name of SECRETS) {
    const file = values[`${name}_FILE`];
    if (file === undefined || values[name] !== undefined) continue;
    try {
      values[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      problems.push(`${name}_FILE: cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
  const parsed = Settings.safeParse(values);
  if (parsed.success && problems.length === 0) return fromSettings(parsed.data);
  for (const issue of parsed.error?.issues ?? []) problems.push(`${issue.path.join('.')}: ${issue.message}`);
  return { problems };
}

function fromSettings(s: z.infer<typeof Settings>) {
  return {
    redisUrl: s.REDIS_URL ?? null,
    redisPrefix: s.CAUSEWAY_REDIS_PREFIX,
    keys: keysOf(s),
    nodeToken: s.CAUSEWAY_NODE_TOKEN,
    nodeId: s.CAUSEWAY_NODE_ID ?? hostname(),
    workers: s.CAUSEWAY_WORKERS,
    instance: s.CAUSEWAY_INSTANCE,
    controlPlaneUrl: s.CAUSEWAY_CONTROL_PLANE_URL,
    dataDir: s.CAUSEWAY_DATA_DIR,
    public: { host: s.CAUSEWAY_PUBLIC_HOST, port: s.CAUSEWAY_PUBLIC_PORT },
    internal: { host: s.CAUSEWAY_INTERNAL_HOST, port: s.CAUSEWAY_INTERNAL_PORT },
    admin: { host: s.CAUSEWAY_ADMIN_HOST, port: s.CAUSEWAY_ADMIN_PORT },
    internalCalls: s.CAUSEWAY_INTERNAL_CALLS,
    nonceWhenRedisIsAway: s.CAUSEWAY_NONCE_WHEN_REDIS_IS_AWAY,
    logLevel: s.CAUSEWAY_LOG_LEVEL,
    accessLog: s.CAUSEWAY_ACCESS_LOG === 'on',
    backend: {
      allowLoopback: s.CAUSEWAY_BACKEND_ALLOW_LOOPBACK,
      deniedBlocks: s.CAUSEWAY_BACKEND_DENIED_BLOCKS,
      tlsVerify: s.CAUSEWAY_BACKEND_TLS_VERIFY,
    },
    trustedProxies: s.CAUSEWAY_CLIENT_TRUSTED_PROXIES,
    attachmentHeader: s.CAUSEWAY_PUBLIC_DOMAIN_ATTACHMENT_HEADER,
    proxyName: s.CAUSEWAY_SYSTEM_PROXY_NAME,
    maxStalenessMs: s.CAUSEWAY_MAX_STALENESS === 0 ? null : s.CAUSEWAY_MAX_STALENESS * 1000,
    drainMs: s.CAUSEWAY_DRAIN_MS,
    /** Fixed by the wire contract, section 12; here, so that a spec need not wait so long. */
    waits: { headerMs: 30_000, keepAliveMs: 60_000, bodyIdleMs: 30_000, tunnelIdleMs: 600_000 },
    limits: {
      loopDepth: s.CAUSEWAY_LOOP_MAX_DEPTH,
      loopCalls: s.CAUSEWAY_LOOP_MAX_CALLS,
      urlBytes: s.CAUSEWAY_LIMITS_URL,
      headerBytes: s.CAUSEWAY_LIMITS_HEADER,
      bodyBytes: s.CAUSEWAY_LIMITS_BODY,
      bufferedBodyBytes: s.CAUSEWAY_LIMITS_BUFFERED_BODY,
      bufferedTotalBytes: s.CAUSEWAY_LIMITS_BUFFERED_TOTAL,
      connections: s.CAUSEWAY_LIMITS_CONNECTIONS,
      nestedCalls: s.CAUSEWAY_LIMITS_NESTED_CALLS,
      nonces: s.CAUSEWAY_LIMITS_NONCES,
      cacheBytes: s.CAUSEWAY_CACHE_BYTES,
    },
  };
}

/** The instance's own keys; with the deployment's master key they are derived once the instance's id is known. */
function keysOf({ CAUSEWAY_INSTANCE_KEY: own, CAUSEWAY_MASTER_KEY: master }: z.infer<typeof Settings>) {
  // The schema insists on one of them.
  return own === undefined ? { kind: 'master' as const, keyring: master! } : { kind: 'instance' as const, keyring: own };
}
