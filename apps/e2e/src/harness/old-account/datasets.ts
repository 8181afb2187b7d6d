/** The datasets of the old account, which plugins look into. */
import { oldId } from './groups.js';

export const OFFICES = oldId('dataset offices');
export const MEMBERS = oldId('dataset members');
export const LOGINS = oldId('dataset logins');

export interface OldDataset {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly values: readonly string[];
}

export function oldDatasets(): OldDataset[] {
  return [
    { id: OFFICES, name: 'offices', type: 'IP_WHITELIST_CIDR', values: ['192.0.2.0/24', '127.0.0.0/8'] },
    // More than one call takes.
    { id: MEMBERS, name: 'members', type: 'PARAMETER_ACCESS', values: Array.from({ length: 250 }, (_, n) => `member-${n}`) },
    { id: LOGINS, name: 'logins', type: 'BASIC_AUTH_ACCESS', values: ['bob:builder', 'eve:dropper'] },
  ];
}
