/** Reads what is published, with the plugins in force, as the check for loops needs it. */
import { ApiDefinition } from '@causeway/contract';
import { CallSite, type VpcAccesses, withVariables } from '@causeway/engine';
import { checkPlugin, type Diversion, findPlugin } from '@causeway/plugins';
import type { EntityManager } from 'typeorm';
import { parseConfigText } from '../plugins/config-text.js';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import type { StoredSecrets } from '../secrets/stored-secrets.js';

export interface ApiInStage {
  readonly apiId: string;
  readonly stage: string;
}

export interface PublishedApi extends ApiInStage {
  readonly name: string;
  readonly accountId: string;
  readonly groupId: string;
  readonly region: string;
  /** With the values of its stage's variables. */
  readonly definition: ApiDefinition;
  /** Those in force that may divert a request; `diversions` null when the configuration does not compile. */
  readonly plugins: ReadonlyArray<{ readonly id: string; readonly diversions: readonly Diversion[] | null }>;
}

/** Where calls of a group's internal domain in a stage arrive. */
export interface GroupSite {
  readonly region: string;
  readonly apis: CallSite;
}

export function nodeKey({ apiId, stage }: ApiInStage): string {
  return `${apiId}/${stage}`;
}

export function apiIdOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

type ApiRow = Omit<PublishedApi, 'definition' | 'plugins'> & {
  definition: unknown;
  variables: Record<string, string>;
  pluginIds: string[];
};

/** For one check: what was read once is not read again. */
export class PublishedApis {
  private readonly diversions = new Map<string, readonly Diversion[] | null>();
  private readonly sites = new Map<string, GroupSite | null>();
  private readonly accesses = new Map<string, VpcAccesses>();

  constructor(
    private readonly manager: EntityManager,
    private readonly secrets: StoredSecrets,
    private readonly divertingTypes: readonly string[],
  ) {}

  /** What of the named is published, by `nodeKey`. */
  async load(keys: readonly string[]): Promise<PublishedApi[]> {
    const wanted = keys.map((key) => ({ apiId: apiIdOf(key), stage: key.slice(key.indexOf('/') + 1) }));
    const rows: ApiRow[] = await this.manager.query(
      `SELECT d.api_id AS "apiId", d.stage, a.name, a.account_id AS "accountId", d.group_id AS "groupId", i.region, v.definition,
              (SELECT coalesce(jsonb_object_agg(s.name, s.value), '{}') FROM stage_variables s
               WHERE s.group_id = d.group_id AND s.stage = d.stage) AS variables,
              ARRAY(SELECT coalesce(own.plugin_id, shared.plugin_id) FROM unnest($2::text[]) AS t (type)
                    LEFT JOIN plugin_bindings own ON own.api_id = d.api_id AND own.stage = d.stage AND own.type = t.type
                    LEFT JOIN plugin_bindings shared ON shared.group_id = d.group_id AND shared.stage = d.stage AND shared.type = t.type
                    WHERE coalesce(own.plugin_id, shared.plugin_id) IS NOT NULL) AS "pluginIds"
       FROM jsonb_to_recordset($1) AS wanted ("apiId" text, stage text)
       JOIN deployments d ON d.api_id = wanted."apiId" AND d.stage = wanted.stage
       JOIN api_versions v ON v.api_id = d.api_id AND v.version = d.version
       JOIN apis a ON a.id = d.api_id
       JOIN groups g ON g.id = d.group_id
       JOIN instances i ON i.id = g.instance_id`,
      [JSON.stringify(wanted), this.divertingTypes],
    );
    await this.loadDiversions(rows.flatMap(({ pluginIds }) => pluginIds));
    return rows.flatMap(({ definition, variables, pluginIds, ...api }) => {
      const parsed = ApiDefinition.safeParse(definition);
      if (!parsed.success) return [];
      const made = withVariables(parsed.data, variables);
      const plugins = pluginIds.map((id) => ({ id, diversions: this.diversions.get(id) ?? null }));
      return [{ ...api, definition: 'missing' in made ? parsed.data : made, plugins }];
    });
  }

  /** Null when there is no such group. */
  async site(groupId: string, stage: string): Promise<GroupSite | null> {
    const key = `${groupId}/${stage}`;
    const known = this.sites.get(key);
    if (known !== undefined) return known;
    const [group]: { base_path: string; region: string }[] = await this.manager.query(
      'SELECT g.base_path, i.region FROM groups g JOIN instances i ON i.id = g.instance_id WHERE g.id = $1',
      [groupId],
    );
    const apis: { id: string; method: string; path: string; escapePath: boolean | null }[] = await this.manager.query(
      `SELECT d.api_id AS id, v.definition #>> '{request,method}' AS method, v.definition #>> '{request,path}' AS path,
              (v.definition #>> '{request,escapePath}')::boolean AS "escapePath"
       FROM deployments d JOIN api_versions v ON v.api_id = d.api_id AND v.version = d.version
       WHERE d.group_id = $1 AND d.stage = $2`,
      [groupId, stage],
    );
    const site = group === undefined ? null : { region: group.region, apis: new CallSite(group.base_path, apis) };
    this.sites.set(key, site);
    return site;
  }

  /** The named upstreams that an API's backends may lead to; none is read for an API that names none. */
  async vpcAccesses({ accountId, definition, plugins }: PublishedApi): Promise<VpcAccesses> {
    const isNamed =
      definition.backend?.type === 'HTTP-VPC' ||
      plugins.some(({ diversions }) => diversions?.some(({ backend }) => backend.vpcAccessName !== undefined));
    const known = isNamed ? this.accesses.get(accountId) : new Map();
    if (known !== undefined) return known;
    const rows: { name: string; address: string; hostHeader: string | null }[] = await this.manager.query(
      'SELECT name, address, host_header AS "hostHeader" FROM vpc_accesses WHERE account_id = $1',
      [accountId],
    );
    const found = new Map(rows.map((row) => [row.name, row]));
    this.accesses.set(accountId, found);
    return found;
  }

  private async loadDiversions(pluginIds: readonly string[]): Promise<void> {
    const missing = [...new Set(pluginIds)].filter((id) => !this.diversions.has(id));
    if (missing.length === 0) return;
    const rows: { id: string; type: string; config: string }[] = await this.manager.query(
      'SELECT id, type, config FROM plugins WHERE id = ANY($1)',
      [missing],
    );
    for (const { id, type, config } of rows) {
      this.diversions.set(id, diversionsOf(type, this.secrets.open(storedPaths.pluginConfig(id), config)));
    }
  }
}

function diversionsOf(type: string, text: string): readonly Diversion[] | null {
  const parsed = parseConfigText(text);
  if ('problems' in parsed) return null;
  const { config } = checkPlugin(type, parsed.config);
  return config === null ? null : (findPlugin(type)?.diversions?.(config) ?? []);
}
