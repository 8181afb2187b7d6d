/** Every column that holds text sealed with the master key: what `npm run reseal` walks. */
import { answerPath } from '../../http/idempotency.js';
import { storedPaths } from '../../publish/chunks/chunk-source.js';

export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The primary key, each column with its type. */
  readonly key: Readonly<Record<string, 'text' | 'bigint'>>;
  /** Columns whose values make the path that a text is bound to; the primary key unless said. */
  readonly boundTo?: readonly string[];
  path(...boundTo: string[]): string;
  /** SQL about the row `t`, where the column holds other texts, too. */
  readonly where?: string;
  /** The same bytes stand in `rollback_history` as well, and must go on being the same. */
  readonly isNoted?: true;
}

const ID = { id: 'text' } as const;

/** By the names of `storedPaths`: a path that is new there does not compile here until it has its line. */
const columns: Record<keyof typeof storedPaths | 'idempotentAnswer' | 'pastPluginConfig', SealedColumn> = {
  hopKey: { table: 'deployment_state', column: 'hop_key', key: { id: 'bigint' }, path: () => storedPaths.hopKey },
  codeHashKey: { table: 'deployment_state', column: 'code_hash_key', key: { id: 'bigint' }, path: () => storedPaths.codeHashKey },
  appSecret: { table: 'app_keys', column: 'secret', key: { key: 'text' }, path: storedPaths.appSecret },
  previousAppSecret: { table: 'app_keys', column: 'previous_secret', key: { key: 'text' }, path: storedPaths.previousAppSecret },
  appCode: { table: 'app_codes', column: 'code', key: ID, path: storedPaths.appCode },
  certificateKey: { table: 'certificates', column: 'private_key', key: ID, path: storedPaths.certificateKey },
  datasetItem: {
    table: 'dataset_items',
    column: 'value',
    key: ID,
    path: storedPaths.datasetItem,
    where: "EXISTS (SELECT 1 FROM datasets d WHERE d.id = t.dataset_id AND d.type = 'BASIC_AUTH_ACCESS')",
  },
  pluginConfig: { table: 'plugins', column: 'config', key: ID, path: storedPaths.pluginConfig, isNoted: true },
  pastPluginConfig: {
    table: 'rollback_history',
    column: 'value',
    key: { id: 'bigint' },
    boundTo: ['target'],
    path: storedPaths.pluginConfig,
    where: "t.kind = 'plugin'",
  },
  idempotentAnswer: { table: 'idempotency_keys', column: 'answer', key: { token_id: 'text', key: 'text' }, path: answerPath },
};

export const sealedColumns: readonly SealedColumn[] = Object.values(columns);
