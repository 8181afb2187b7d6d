/** The settings of the control plane: the only place that reads the environment. */
import { readFileSync } from 'node:fs';
import { parseBlock } from '@causeway/condition';
import { DATASET_ITEMS_AT_MOST, DOMAIN_SUFFIX, REGION } from '@causeway/contract';
import { type Keyring, parseKeyring } from '@causeway/snapshot';
import { z } from 'zod';
import type { Limit, LimitSettings } from './limits/limit-settings.js';
import { SnapshotSettings } from './publish/snapshot-settings.js';

const Token = z.string().min(24, 'must have at least 24 characters').max(256);

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

/** A number of events, 0 for no limit, and the seconds of its window. */
const events = (fallback: number) => z.coerce.number().int().min(0).max(1_000_000).default(fallback);
const seconds = (fallback: number) => z.coerce.number().int().min(1).max(86_400).default(fallback);

/** Every setting, each with what it means: docs/reference/settings.md is made of it. */
export const Values = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(?:ql)?$/, error: 'must be a postgres:// URL' }).describe('Postgres: the truth.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' })
    .optional()
    .describe(
      'Doorbell and cache for data planes, which follow over HTTP without it; counts limits for all control planes together.',
    ),
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
    .describe('REST API, its reference at `/api/docs`, `/livez`, `/readyz` and `/metrics`.'),
  CAUSEWAY_MANAGEMENT_HOST: z.string().default('0.0.0.0').describe('Address of that listener.'),
  CAUSEWAY_MANAGEMENT_TRUSTED_PROXIES: Blocks.describe(
    'Addresses and blocks, separated by commas, of the front proxies of that listener whose `X-Forwarded-For` is believed (wire contract 5.4 rule 3).',
  ),
  CAUSEWAY_LIMITS_FAILED_TOKENS: events(20).describe(
    'Failed tokens from a client address before it is refused (management model 5.1); 0: no limit.',
  ),
  CAUSEWAY_LIMITS_FAILED_TOKENS_SECONDS: seconds(300).describe('The time in which they are counted, seconds.'),
  CAUSEWAY_LIMITS_TOKEN_REQUESTS: events(2000).describe(
    'Requests with a management token before it is refused (management model 5.2); 0: no limit.',
  ),
  CAUSEWAY_LIMITS_TOKEN_REQUESTS_SECONDS: seconds(10).describe('The time in which they are counted, seconds.'),
  CAUSEWAY_LIMITS_DATASET_ITEMS: z.coerce
    .number()
    .int()
    .min(1)
    .max(DATASET_ITEMS_AT_MOST)
    .default(1000)
    .describe('Items that a dataset may have: every edit of one publishes them all.'),
  CAUSEWAY_REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .default('causeway')
    .describe('First part of every key in Redis.'),
  CAUSEWAY_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('Least level of what is logged.'),
  CAUSEWAY_HISTORY_KEEP: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe('Versions that are kept of each API and stage; what is live is kept besides.'),
  CAUSEWAY_REVISIONS_KEEP: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe(
      'Revisions that are kept of each instance, to be listed and rolled back to; what was published for older ones goes an hour later.',
    ),
  CAUSEWAY_DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10).describe('Connections to Postgres.'),
});

/** Settings that may also come from a file, named by the same setting with `_FILE` at its end. */
export const SECRETS = ['DATABASE_URL', 'REDIS_URL', 'CAUSEWAY_MASTER_KEY', 'CAUSEWAY_ADMIN_TOKEN', 'CAUSEWAY_NODE_TOKEN'];

export class Settings extends SnapshotSettings implements LimitSettings {
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
  readonly historyKeep: number;
  readonly revisionsKeep: number;
  readonly trustedProxies: readonly string[];
  readonly failedTokens: Limit;
  readonly tokenRequests: Limit;
  readonly datasetItems: number;

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
    this.historyKeep = values.CAUSEWAY_HISTORY_KEEP;
    this.revisionsKeep = values.CAUSEWAY_REVISIONS_KEEP;
    this.trustedProxies = values.CAUSEWAY_MANAGEMENT_TRUSTED_PROXIES;
    this.failedTokens = {
      count: values.CAUSEWAY_LIMITS_FAILED_TOKENS,
      seconds: values.CAUSEWAY_LIMITS_FAILED_TOKENS_SECONDS,
    };
    this.tokenRequests = {
      count: values.CAUSEWAY_LIMITS_TOKEN_REQUESTS,
      seconds: values.CAUSEWAY_LIMITS_TOKEN_REQUESTS_SECONDS,
    };
    this.datasetItems = values.CAUSEWAY_LIMITS_DATASET_ITEMS;
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
