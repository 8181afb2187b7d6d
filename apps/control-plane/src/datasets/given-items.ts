/** Items as a request brings them, judged by the type of their dataset. */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { readUtcTime } from '../grants/utc-time.js';
import { newId } from '../http/new-id.js';
import { type FieldError, refused } from '../http/problem.js';
import type { Dataset } from './dataset.entity.js';
import type { ItemFields, NewItem } from './dataset-item.dto.js';
import { ItemValues } from './item-values.js';

/** Complaints in one answer. */
const MAX_ERRORS = 100;

/** A row to be. */
export interface GivenItem {
  readonly id: string;
  /** In clear. */
  readonly value: string;
  readonly digest: string;
  readonly description: string;
  readonly expiresAt: Date | null;
}

@Injectable()
export class GivenItems {
  constructor(private readonly values: ItemValues) {}

  /** Each with an id of its own, in the same order; 422 with every complaint. */
  async read(manager: EntityManager, dataset: Dataset, items: readonly NewItem[]): Promise<GivenItem[]> {
    const errors: FieldError[] = [];
    const values = items.map(({ value: text }, n) => {
      const read = this.values.read(dataset.type, text);
      if ('value' in read) return read.value;
      errors.push({ path: `items[${n}].value`, message: read.problem });
      return text;
    });
    const first = new Map<string, number>();
    for (const [n, value] of values.entries()) {
      const before = first.get(value);
      if (before === undefined) first.set(value, n);
      else errors.push({ path: `items[${n}].value`, message: `is the value of items[${before}] again` });
    }
    const expiries = items.map((item, n) => readExpiry(item, `items[${n}].expiresAt`, errors));
    if (errors.length > 0) throw invalidItems(errors);
    const digests = await this.values.digests(manager, dataset, values);
    return items.map(({ description = '' }, n) => ({
      id: newId(),
      value: values[n] as string,
      digest: digests[n] as string,
      description,
      expiresAt: expiries[n] ?? null,
    }));
  }
}

/** Null: never. What is not in the future joins the complaints. */
export function readExpiry({ expiresAt }: ItemFields, path: string, errors: FieldError[]): Date | null {
  const time = expiresAt === undefined || expiresAt === null ? null : readUtcTime(expiresAt);
  if (time !== null && time.getTime() <= Date.now()) errors.push({ path, message: 'must lie in the future' });
  return time;
}

export function invalidItems(errors: readonly FieldError[]) {
  return refused(errors.slice(0, MAX_ERRORS), 'InvalidDatasetItem', 'The dataset does not take these items.');
}
