/** The values of a dataset: added, read, replaced and removed, in force at once where plugins use them. */
import { Injectable } from '@nestjs/common';
import { EntityManager, In, IsNull, MoreThan } from 'typeorm';
import type { Actor } from '../change/change.js';
import { Settings } from '../config.js';
import { mayAct } from '../http/allow.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { absent, conflict, type FieldError, forbidden, malformed } from '../http/problem.js';
import { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { Dataset } from './dataset.entity.js';
import type { ItemFields, ItemsQuery, ItemView, NewItem } from './dataset-item.dto.js';
import { DatasetItem } from './dataset-item.entity.js';
import { lockDataset } from './datasets.service.js';
import { GivenItems, invalidItems, readExpiry } from './given-items.js';
import { ItemRows } from './item-rows.js';
import { ItemValues } from './item-values.js';
import { touchDataset } from './touch-dataset.js';

@Injectable()
export class DatasetItemsService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
    private readonly given: GivenItems,
    private readonly rows: ItemRows,
    private readonly values: ItemValues,
    private readonly settings: Settings,
  ) {}

  /** All or none. The answer shows the values as they are kept: whoever made a secret may see it. */
  add(
    actor: Actor,
    datasetId: string,
    items: readonly NewItem[],
    query: WriteQuery,
  ): Promise<{ items: ItemView[] } & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const dataset = await lockDataset(change, datasetId);
      const given = await this.given.read(manager, dataset, items);
      await this.rows.dropExpired(manager, datasetId);
      await this.rows.refuseKnown(manager, datasetId, given);
      this.refuseTooMany((await manager.countBy(DatasetItem, { datasetId })) + given.length);
      await this.rows.insert(manager, dataset, given);
      await touchDataset(change, datasetId);
      const ids = given.map(({ id }) => id);
      change.audit('dataset.items.add', 'dataset', datasetId, { items: ids });
      const made = await manager.findBy(DatasetItem, { id: In(ids) });
      const byId = new Map(made.map((item) => [item.id, item]));
      return { items: given.map(({ id, value }) => showItem(byId.get(id) as DatasetItem, value)) };
    });
  }

  /** Values that stay keep their ids. */
  replaceAll(
    actor: Actor,
    datasetId: string,
    items: readonly NewItem[],
    query: WriteQuery,
  ): Promise<{ added: number; changed: number; removed: number } & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const dataset = await lockDataset(change, datasetId);
      const given = await this.given.read(manager, dataset, items);
      this.refuseTooMany(given.length);
      await this.rows.dropExpired(manager, datasetId);
      const counts = await this.rows.replaceAll(manager, dataset, given);
      if (counts.added + counts.changed + counts.removed > 0) await touchDataset(change, datasetId);
      change.audit('dataset.items.replace', 'dataset', datasetId, counts);
      return counts;
    });
  }

  async list({ accountId }: Actor, datasetId: string, query: ItemsQuery): Promise<Page<ItemView>> {
    const { manager } = this;
    const dataset = await findOrRefuse(manager, Dataset, { id: datasetId, accountId }, 'dataset');
    const after = cursorOf(query);
    const digest = query.value === undefined ? null : await this.digestOf(dataset, query.value);
    const found = { datasetId, ...(digest !== null && { digest }), ...(after !== null && { id: MoreThan(after) }) };
    const rows = await manager.find(DatasetItem, {
      where: [
        { ...found, expiresAt: IsNull() },
        { ...found, expiresAt: MoreThan(new Date()) },
      ],
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(
      rows,
      query,
      ({ id }) => id,
      (item) => showItem(item, this.values.masked(dataset, item)),
    );
  }

  async read({ accountId }: Actor, datasetId: string, id: string): Promise<ItemView> {
    const dataset = await findOrRefuse(this.manager, Dataset, { id: datasetId, accountId }, 'dataset');
    const item = await findItem(this.manager, datasetId, id);
    return showItem(item, this.values.masked(dataset, item));
  }

  /** With its value, which leaves a row in the audit log. */
  reveal(actor: Actor, datasetId: string, id: string): Promise<ItemView> {
    if (!mayAct(actor.role, 'editor')) throw forbidden('Secrets are for editors and admins.');
    return this.writes.run(actor, new WriteQuery(), async (change) => {
      const { manager } = change;
      const dataset = await findOrRefuse(manager, Dataset, { id: datasetId, accountId: actor.accountId }, 'dataset');
      const item = await findItem(manager, datasetId, id);
      change.audit('dataset.item.reveal', 'dataset', datasetId, { item: id });
      return showItem(item, this.values.open(dataset, item));
    });
  }

  /** Its value stays: another value is another item. */
  edit(
    actor: Actor,
    datasetId: string,
    id: string,
    fields: ItemFields,
    tag: string | null,
    query: WriteQuery,
  ): Promise<ItemView & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const dataset = await lockDataset(change, datasetId);
      const item = await findItem(manager, datasetId, id);
      matchOrRefuse(tag, showItem(item, this.values.masked(dataset, item)));
      const errors: FieldError[] = [];
      const expiresAt = readExpiry(fields, 'expiresAt', errors);
      if (errors.length > 0) throw invalidItems(errors);
      await manager.update(DatasetItem, { id }, { description: fields.description ?? '', expiresAt });
      await touchDataset(change, datasetId);
      change.audit('dataset.item.replace', 'dataset', datasetId, { item: id });
      const edited = await manager.findOneByOrFail(DatasetItem, { id });
      return showItem(edited, this.values.masked(dataset, edited));
    });
  }

  remove(actor: Actor, datasetId: string, id: string, tag: string | null, query: WriteQuery): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const dataset = await lockDataset(change, datasetId);
      const item = await findItem(manager, datasetId, id);
      matchOrRefuse(tag, showItem(item, this.values.masked(dataset, item)));
      await manager.delete(DatasetItem, { id });
      await touchDataset(change, datasetId);
      change.audit('dataset.items.remove', 'dataset', datasetId, { items: [id] });
      return {};
    });
  }

  /** One that is not there, for example as it has expired meanwhile, is no error. */
  removeSome(actor: Actor, datasetId: string, ids: readonly string[], query: WriteQuery): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      await lockDataset(change, datasetId);
      const [gone]: [{ id: string }[], number] = await manager.query(
        'DELETE FROM dataset_items WHERE dataset_id = $1 AND id = ANY($2) RETURNING id',
        [datasetId, ids],
      );
      if (gone.length > 0) await touchDataset(change, datasetId);
      change.audit('dataset.items.remove', 'dataset', datasetId, { items: gone.map(({ id }) => id) });
      return {};
    });
  }

  /** Of the form in which it would be kept. */
  private async digestOf(dataset: Dataset, text: string): Promise<string> {
    // A query stands in logs.
    if (dataset.type === 'BASIC_AUTH_ACCESS')
      throw malformed([{ path: 'value', message: 'is no filter of a dataset whose values are secrets' }]);
    const read = this.values.read(dataset.type, text);
    const [digest = ''] = await this.values.digests(this.manager, dataset, ['value' in read ? read.value : text]);
    return digest;
  }

  private refuseTooMany(count: number): void {
    const { datasetItems } = this.settings;
    if (count > datasetItems)
      throw conflict('ExceedLimitDatasetItem', `A dataset has at most ${datasetItems} items; this one would have ${count}.`);
  }
}

/** One that has expired is not there. */
async function findItem(manager: EntityManager, datasetId: string, id: string): Promise<DatasetItem> {
  const item = await manager.findOneBy(DatasetItem, { id, datasetId });
  if (item === null || (item.expiresAt !== null && item.expiresAt.getTime() <= Date.now())) throw absent('dataset item', id);
  return item;
}

function showItem({ id, description, expiresAt, createdAt, updatedAt }: DatasetItem, value: string): ItemView {
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, value, description, expiresAt: expiresAt?.toISOString() ?? null, ...times };
}
