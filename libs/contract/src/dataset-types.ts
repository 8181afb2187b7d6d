/** The types of datasets, the sets of values that plugins look into (plugins, section 4). */

export const DATASET_TYPES = ['JWT_BLOCKING', 'IP_WHITELIST_CIDR', 'PARAMETER_ACCESS', 'BASIC_AUTH_ACCESS'] as const;

export type DatasetType = (typeof DATASET_TYPES)[number];

/** Items that a dataset may ever have, whatever the settings say: one chunk holds them all. */
export const DATASET_ITEMS_AT_MOST = 10_000;

/** Whether values are secrets, which stand nowhere in clear. */
export function isSecretDataset(type: DatasetType): boolean {
  return type === 'BASIC_AUTH_ACCESS';
}
