/** The datasets that configurations of plugins name: they must be there, of the right type, and stay while they are named. */
import type { DatasetType } from '@causeway/contract';
import type { DatasetUse } from '@causeway/plugins';
import type { EntityManager } from 'typeorm';
import type { FieldError } from '../http/problem.js';

export type KnownDatasets = ReadonlyMap<string, DatasetType>;

/** What of the named is there; who deletes one waits until it is known which plugins name it. */
export async function knownDatasets(
  manager: EntityManager,
  accountId: string,
  uses: readonly DatasetUse[],
): Promise<KnownDatasets> {
  if (uses.length === 0) return new Map();
  const rows: { id: string; type: DatasetType }[] = await manager.query(
    'SELECT id, type FROM datasets WHERE id = ANY($1) AND account_id = $2 ORDER BY id FOR KEY SHARE',
    [[...new Set(uses.map(({ id }) => id))], accountId],
  );
  return new Map(rows.map(({ id, type }) => [id, type]));
}

export function datasetProblems(uses: readonly DatasetUse[], known: KnownDatasets): FieldError[] {
  return uses.flatMap(({ path, id, type }) => {
    const found = known.get(id);
    if (found === type) return [];
    const message =
      found === undefined ? `there is no dataset ${id} in the account` : `dataset ${id} is of type ${found}, not ${type}`;
    return [{ path: `config.${path}`, message }];
  });
}

export interface NamedDataset {
  readonly pluginId: string;
  readonly datasetId: string;
}

/** Whoever asks holds the plugins. @returns what they named before and name no more */
export async function keepNamed(
  manager: EntityManager,
  plugins: ReadonlyArray<{ readonly id: string; readonly datasets: readonly string[] }>,
): Promise<NamedDataset[]> {
  const given = JSON.stringify(plugins);
  const [gone]: [NamedDataset[], number] = await manager.query(
    `DELETE FROM plugin_datasets n USING jsonb_to_recordset($1) AS p(id text, datasets jsonb)
     WHERE n.plugin_id = p.id AND NOT jsonb_exists(p.datasets, n.dataset_id)
     RETURNING n.plugin_id AS "pluginId", n.dataset_id AS "datasetId"`,
    [given],
  );
  await manager.query(
    `INSERT INTO plugin_datasets (plugin_id, dataset_id)
     SELECT p.id, named FROM jsonb_to_recordset($1) AS p(id text, datasets jsonb), jsonb_array_elements_text(p.datasets) AS named
     ON CONFLICT DO NOTHING`,
    [given],
  );
  return gone;
}

export function idsOf(uses: readonly DatasetUse[]): string[] {
  return [...new Set(uses.map(({ id }) => id))];
}
