/** Datasets: created, read, renamed, deleted. */
import { Injectable } from '@nestjs/common';
import { EntityManager, MoreThan, Not } from 'typeorm';
import type { Actor, Change } from '../change/change.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { conflict } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import type { DatasetsQuery, DatasetView, NewDatasetBody, ReplaceDatasetBody } from './dataset.dto.js';
import { Dataset } from './dataset.entity.js';

const DATASETS_AT_MOST = 1000;
/** Plugins named in a refusal. */
const NAMED_AT_MOST = 10;

@Injectable()
export class DatasetsService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
  ) {}

  create(actor: Actor, body: NewDatasetBody, query: WriteQuery): Promise<DatasetView & WriteOutcome> {
    const { id = newId(), name, type, description = '' } = body;
    const { accountId } = actor;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      // Two that are made at the same time are counted one after the other.
      await manager.query('SELECT 1 FROM accounts WHERE id = $1 FOR NO KEY UPDATE', [accountId]);
      await refuseTaken(manager, Dataset, 'DuplicateDataset', { id: { id }, name: { accountId, name } });
      if ((await manager.countBy(Dataset, { accountId })) >= DATASETS_AT_MOST)
        throw conflict('ExceedLimitDataset', `The account has ${DATASETS_AT_MOST} datasets: delete one first.`);
      await manager.insert(Dataset, { id, accountId, name, type, description });
      change.audit('dataset.create', 'dataset', id, { name, type });
      return showDataset(await manager.findOneByOrFail(Dataset, { id }));
    });
  }

  async list({ accountId }: Actor, query: DatasetsQuery): Promise<Page<DatasetView>> {
    const after = cursorOf(query);
    const { name, type } = query;
    const rows = await this.manager.find(Dataset, {
      where: {
        accountId,
        ...(name !== undefined && { name }),
        ...(type !== undefined && { type }),
        ...(after !== null && { id: MoreThan(after) }),
      },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query, ({ id }) => id, showDataset);
  }

  async read({ accountId }: Actor, id: string): Promise<DatasetView> {
    return showDataset(await findOrRefuse(this.manager, Dataset, { id, accountId }, 'dataset'));
  }

  replace(
    actor: Actor,
    id: string,
    { name, description = '', type }: ReplaceDatasetBody,
    tag: string | null,
    query: WriteQuery,
  ): Promise<DatasetView & WriteOutcome> {
    const { accountId } = actor;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const dataset = await lockDataset(change, id);
      matchOrRefuse(tag, showDataset(dataset));
      if (type !== undefined && type !== dataset.type)
        throw conflict('FixedDatasetType', `The type of a dataset is fixed; this one is ${dataset.type}.`);
      await refuseTaken(manager, Dataset, 'DuplicateDataset', { name: { accountId, name, id: Not(id) } });
      await manager.update(Dataset, { id }, { name, description });
      change.audit('dataset.replace', 'dataset', id, { name });
      return showDataset(await manager.findOneByOrFail(Dataset, { id }));
    });
  }

  /** With its items; refused while a plugin names it, bound or not. */
  remove(actor: Actor, id: string, tag: string | null, query: WriteQuery): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const dataset = await lockDataset(change, id);
      matchOrRefuse(tag, showDataset(dataset));
      const plugins = await namedBy(change.manager, id);
      if (plugins !== null)
        throw conflict('DependencyViolationDataset', `Plugins name the dataset: ${plugins}. Change or delete them first.`);
      await change.manager.delete(Dataset, { id });
      change.audit('dataset.delete', 'dataset', id, { name: dataset.name, type: dataset.type });
      return {};
    });
  }
}

/** Every write on a dataset or its items holds it. */
export function lockDataset({ manager, actor: { accountId } }: Change, id: string): Promise<Dataset> {
  return findOrRefuse(manager, Dataset, { id, accountId }, 'dataset', { lock: true });
}

async function namedBy(manager: EntityManager, id: string): Promise<string | null> {
  const rows: { text: string }[] = await manager.query(
    `SELECT p.name || ' (' || p.id || ')' AS text FROM plugin_datasets n JOIN plugins p ON p.id = n.plugin_id
     WHERE n.dataset_id = $1 ORDER BY p.id LIMIT $2`,
    [id, NAMED_AT_MOST + 1],
  );
  if (rows.length === 0) return null;
  const named = rows.slice(0, NAMED_AT_MOST).map(({ text }) => text);
  return named.join(', ') + (rows.length > NAMED_AT_MOST ? ' and more' : '');
}

function showDataset({ id, name, type, description, createdAt, updatedAt }: Dataset): DatasetView {
  return { id, name, type, description, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
