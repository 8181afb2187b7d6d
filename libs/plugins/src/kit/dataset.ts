/** Sets of values that plugins look into (plugins, section 4). */
import type { DatasetType } from '@causeway/contract';

export type { DatasetType };

export interface DatasetItem {
  readonly value: string;
  /** Wall clock, ms; null: never. From then on it is as if it were not there. */
  readonly expiresAtMs: number | null;
}

export interface Dataset {
  readonly id: string;
  readonly type: DatasetType;
  /** By value; the same object until the dataset is edited, so that what was made of it can be kept. */
  readonly items: ReadonlyMap<string, DatasetItem>;
}

/** Where a configuration names a dataset. */
export interface DatasetUse {
  /** The field, such as `items[0].blocksDatasetId`. */
  readonly path: string;
  readonly id: string;
  readonly type: DatasetType;
}
