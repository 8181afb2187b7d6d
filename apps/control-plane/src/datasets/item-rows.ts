/** Writes the items of a dataset many at a time; whoever asks holds the dataset. */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Problem } from '../http/problem.js';
import type { Dataset } from './dataset.entity.js';
import type { GivenItem } from './given-items.js';
import { ItemValues } from './item-values.js';

interface Known {
  readonly id: string;
  readonly digest: string;
  readonly description: string;
  readonly expiresAt: Date | null;
}

@Injectable()
export class ItemRows {
  constructor(private readonly values: ItemValues) {}

  /** What has expired neither counts nor stands in the way of its value. */
  async dropExpired(manager: EntityManager, datasetId: string): Promise<void> {
    await manager.query('DELETE FROM dataset_items WHERE dataset_id = $1 AND expires_at <= clock_timestamp()', [datasetId]);
  }

  async refuseKnown(manager: EntityManager, datasetId: string, given: readonly GivenItem[]): Promise<void> {
    const rows: { digest: string }[] = await manager.query(
      'SELECT digest FROM dataset_items WHERE dataset_id = $1 AND digest = ANY($2)',
      [datasetId, given.map(({ digest }) => digest)],
    );
    if (rows.length === 0) return;
    const known = new Set(rows.map(({ digest }) => digest));
    const errors = given.flatMap(({ digest }, n) =>
      known.has(digest) ? [{ path: `items[${n}].value`, message: 'is in the dataset already' }] : [],
    );
    throw new Problem(409, 'DuplicateDatasetItem', 'Values are there already; nothing was added.', errors);
  }

  async insert(manager: EntityManager, dataset: Dataset, items: readonly GivenItem[]): Promise<void> {
    if (items.length === 0) return;
    const rows = items.map(({ value, ...item }) => ({ ...item, value: this.values.store(dataset, item.id, value) }));
    await manager.query(
      `INSERT INTO dataset_items (id, dataset_id, value, digest, description, expires_at)
       SELECT i.id, $1, i.value, i.digest, i.description, i."expiresAt"
       FROM jsonb_to_recordset($2) AS i(id text, value text, digest text, description text, "expiresAt" timestamptz)`,
      [dataset.id, JSON.stringify(rows)],
    );
  }

  async replaceAll(
    manager: EntityManager,
    dataset: Dataset,
    given: readonly GivenItem[],
  ): Promise<{ added: number; changed: number; removed: number }> {
    const rows: Known[] = await manager.query(
      'SELECT id, digest, description, expires_at AS "expiresAt" FROM dataset_items WHERE dataset_id = $1',
      [dataset.id],
    );
    const known = new Map(rows.map((row) => [row.digest, row]));
    const added: GivenItem[] = [];
    const changed: Omit<Known, 'digest'>[] = [];
    for (const item of given) {
      const row = known.get(item.digest);
      known.delete(item.digest);
      if (row === undefined) added.push(item);
      else if (row.description !== item.description || row.expiresAt?.getTime() !== item.expiresAt?.getTime())
        changed.push({ id: row.id, description: item.description, expiresAt: item.expiresAt });
    }
    const removed = [...known.values()].map(({ id }) => id);
    await manager.query('DELETE FROM dataset_items WHERE id = ANY($1)', [removed]);
    await manager.query(
      `UPDATE dataset_items d SET description = i.description, expires_at = i."expiresAt", updated_at = now()
       FROM jsonb_to_recordset($1) AS i(id text, description text, "expiresAt" timestamptz) WHERE d.id = i.id`,
      [JSON.stringify(changed)],
    );
    await this.insert(manager, dataset, added);
    return { added: added.length, changed: changed.length, removed: removed.length };
  }
}
