/** The settings of a data plane: the only place that reads the environment. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const bytes = (least: number, most: number, fallback: number) => z.coerce.number().int().min(least).max(most).default(fallback);
const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'])
    .default(fallback ? 'true' : 'false')
    .transform((text) => text === 'true');

/** `id:base64key[,id:base64key]`: the form of the master key and of an instance key. */
const Keyring = z.string().regex(/^[A-Za-z0-9._-]{1,64}:[A-Za-z0-9+/=_-]+(?:,[A-Za-z0-9._-]{1,64}:[A-Za-z0-9+/=_-]+)*$/, {
  error: 'must be id:base64key[,id:base64key]',
});

const Settings = z
  .object({
    REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
    CAUSEWAY_MASTER_KEY: Keyring.optional(),
    CAUSEWAY_INSTANCE_KEY: Keyring.optional(),
    CAUSEWAY_NODE_TOKEN: z.string().min(24),
    CAUSEWAY_INSTANCE: z.string().min(1).max(128).default('default'),
    CAUSEWAY_CONTROL_PLANE_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:9000'),
    CAUSEWAY_DATA_DIR: z.string().min(1).default('./.causeway'),
    CAUSEWAY_PUBLIC_PORT: port(8080),
    CAUSEWAY_PUBLIC_HOST: z.string().default('0.0.0.0'),
    CAUSEWAY_INTERNAL_PORT: port(8081),
    CAUSEWAY_INTERNAL_HOST: z.string().default('127.0.0.1'),
    CAUSEWAY_ADMIN_PORT: port(9090),
    CAUSEWAY_ADMIN_HOST: z.string().default('127.0.0.1'),
    CAUSEWAY_INTERNAL_CALLS: z.enum(['inprocess', 'wire']).default('inprocess'),
    CAUSEWAY_NONCE_WHEN_REDIS_IS_AWAY: z.enum(['auto', 'local', 'refuse']).default('auto'),
    CAUSEWAY_NODE_ID: z.string().min(1).max(120).default(hostname()),
    CAUSEWAY_REDIS_PREFIX: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,64}$/)
      .default('causeway'),
    CAUSEWAY_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
    CAUSEWAY_ACCESS_LOG: z.enum(['on', 'off']).default('on'),
    CAUSEWAY_BACKEND_ALLOW_LOOPBACK: flag(false),
    CAUSEWAY_BACKEND_TLS_VERIFY: flag(true),
    CAUSEWAY_LOOP_MAX_DEPTH: z.coerce.number().int().min(1).max(100).default(5),
    CAUSEWAY_LOOP_MAX_CALLS: z.coerce.number().int().min(1).max(1000).default(16),
    CAUSEWAY_LIMITS_URL: bytes(1024, 131_072, 8192),
    CAUSEWAY_LIMITS_HEADER: bytes(8192, 262_144, 32_768),
    CAUSEWAY_LIMITS_BODY: bytes(0, 1_073_741_824, 33_554_432),
    CAUSEWAY_LIMITS_BUFFERED_BODY: bytes(0, 67_108_864, 1_048_576),
    CAUSEWAY_LIMITS_BUFFERED_TOTAL: bytes(0, 17_179_869_184, 268_435_456),
    CAUSEWAY_LIMITS_CONNECTIONS: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
    CAUSEWAY_LIMITS_NESTED_CALLS: z.coerce.number().int().min(1).max(1_000_000).default(4096),
    CAUSEWAY_LIMITS_NONCES: z.coerce.number().int().min(1000).max(100_000_000).default(2_000_000),
    CAUSEWAY_DRAIN_MS: z.coerce.number().int().min(0).max(600_000).default(30_000),
  })
  .refine((s) => s.CAUSEWAY_MASTER_KEY !== undefined || s.CAUSEWAY_INSTANCE_KEY !== undefined, {
    path: ['CAUSEWAY_INSTANCE_KEY'],
    error: 'is required (or CAUSEWAY_MASTER_KEY)',
  });

export type Config = ReturnType<typeof fromSettings>;

/** Settings that may also come from a file, named by the same setting with `_FILE` at its end. */
const SECRETS = ['CAUSEWAY_MASTER_KEY', 'CAUSEWAY_INSTANCE_KEY', 'CAUSEWAY_NODE_TOKEN', 'REDIS_URL'];

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
    masterKey: s.CAUSEWAY_MASTER_KEY ?? null,
    instanceKey: s.CAUSEWAY_INSTANCE_KEY ?? null,
    nodeToken: s.CAUSEWAY_NODE_TOKEN,
    nodeId: s.CAUSEWAY_NODE_ID,
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
    backend: { allowLoopback: s.CAUSEWAY_BACKEND_ALLOW_LOOPBACK, tlsVerify: s.CAUSEWAY_BACKEND_TLS_VERIFY },
    drainMs: s.CAUSEWAY_DRAIN_MS,
    /** Fixed by the wire contract, section 12; here, so that a spec need not wait so long. */
    waits: { bodyIdleMs: 30_000, tunnelIdleMs: 600_000 },
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
    },
  };
}
