/** The settings of the control plane: the only place that reads the environment. */
import { readFileSync } from 'node:fs';
import { DOMAIN_SUFFIX, REGION } from '@causeway/contract';
import { type Keyring, parseKeyring } from '@causeway/snapshot';
import { z } from 'zod';
import { SnapshotSettings } from './publish/snapshot-settings.js';

const Token = z.string().min(24, 'must have at least 24 characters').max(256);

/** Every setting, each with what it means: docs/reference/settings.md is made of it. */
export const Values = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(?:ql)?$/, error: 'must be a postgres:// URL' }).describe('Postgres: the truth.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' })
    .optional()
    .describe('Doorbell and cache for data planes; they follow over HTTP without it.'),
  CAUSEWAY_MASTER_KEY: z
    .string()
    .transform((text, context): Keyring => {
      try {
        return parseKeyring(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .describe('Seals secrets: `id:base64key[,id:base64key]`, 32 bytes each; the first one seals, all open.'),
  CAUSEWAY_ADMIN_TOKEN: Token.describe(
    'The first management token, of role admin in the default account; its row follows this setting.',
  ),
  CAUSEWAY_NODE_TOKEN: Token.describe('What data planes show; tokens for single instances are made from it.'),
  CAUSEWAY_REGION: z
    .string()
    .regex(REGION, 'must be a region id such as cn-huhehaote')
    .default('local')
    .describe('Region of new instances that name none; a part of domain names.'),
  CAUSEWAY_DOMAIN_SUFFIX: z
    .string()
    .regex(DOMAIN_SUFFIX, 'must be a domain in lower case')
    .default('apigw.localhost')
    .describe('Last part of generated domains.'),
  CAUSEWAY_MANAGEMENT_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(9000)
    .describe('REST API, its reference at `/api/docs`, `/livez` and `/readyz`.'),
  CAUSEWAY_MANAGEMENT_HOST: z.string().default('0.0.0.0').describe('Address of that listener.'),
  CAUSEWAY_REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .default('causeway')
    .describe('First part of every key in Redis.'),
  CAUSEWAY_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('Least level of what is logged.'),
  CAUSEWAY_DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10).describe('Connections to Postgres.'),
});

/** Settings that may also come from a file, named by the same setting with `_FILE` at its end. */
export const SECRETS = ['DATABASE_URL', 'REDIS_URL', 'CAUSEWAY_MASTER_KEY', 'CAUSEWAY_ADMIN_TOKEN', 'CAUSEWAY_NODE_TOKEN'];

export class Settings extends SnapshotSettings {
  readonly masterKeys: Keyring;
  readonly domainSuffix: string;
  readonly redisUrl: string | null;
  readonly redisPrefix: string;
  readonly nodeToken: string;
  readonly databaseUrl: string;
  readonly databasePool: number;
  readonly adminToken: string;
  readonly region: string;
  readonly port: number;
  readonly host: string;
  readonly logLevel: string;

  constructor(values: z.infer<typeof Values>) {
    super();
    this.masterKeys = values.CAUSEWAY_MASTER_KEY;
    this.domainSuffix = values.CAUSEWAY_DOMAIN_SUFFIX;
    this.redisUrl = values.REDIS_URL ?? null;
    this.redisPrefix = values.CAUSEWAY_REDIS_PREFIX;
    this.nodeToken = values.CAUSEWAY_NODE_TOKEN;
    this.databaseUrl = values.DATABASE_URL;
    this.databasePool = values.CAUSEWAY_DATABASE_POOL;
    this.adminToken = values.CAUSEWAY_ADMIN_TOKEN;
    this.region = values.CAUSEWAY_REGION;
    this.port = values.CAUSEWAY_MANAGEMENT_PORT;
    this.host = values.CAUSEWAY_MANAGEMENT_HOST;
    this.logLevel = values.CAUSEWAY_LOG_LEVEL;
  }
}

/** Reads all settings, or returns every problem with them. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings | { readonly problems: readonly string[] } {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(environment)) if (value !== undefined && value !== '') values[name] = value;
  for (const name of SECRETS) {
    const file = values[`${name}_FILE`];
    if (file === undefined || values[name] !== undefined) continue;
    try {
      values[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      problems.push(`${name}_FILE: cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
  const parsed = Values.safeParse(values);
  if (parsed.success && problems.length === 0) return new Settings(parsed.data);
  for (const issue of parsed.error?.issues ?? []) {
    const name = issue.path.join('.');
    problems.push(`${name}: ${name in values ? issue.message : 'is required'}`);
  }
  return { problems };
}
