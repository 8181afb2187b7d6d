/** Warns of a deployment whose named upstream is not there (management model 2.9). */
import type { ApiDefinition } from '@causeway/contract';
import type { EntityManager } from 'typeorm';
import type { Warning } from '../change/change.js';

/** Those of the names that definitions use which the account does have. */
export async function knownAccesses(
  manager: EntityManager,
  accountId: string,
  definitions: readonly ApiDefinition[],
): Promise<ReadonlySet<string>> {
  const names = new Set(definitions.flatMap((definition) => accessOf(definition) ?? []));
  if (names.size === 0) return names;
  const rows: { name: string }[] = await manager.query('SELECT name FROM vpc_accesses WHERE account_id = $1 AND name = ANY($2)', [
    accountId,
    [...names],
  ]);
  return new Set(rows.map(({ name }) => name));
}

export function warnUnknownAccess(definition: ApiDefinition, known: ReadonlySet<string>): Warning[] {
  const name = accessOf(definition);
  if (name === null || known.has(name)) return [];
  const message = `The account has no VPC access ${name}: calls answer X504VE until it has.`;
  return [{ code: 'UnknownVpcAccess', message, path: 'backend.vpcAccessName' }];
}

function accessOf({ backend }: ApiDefinition): string | null {
  return backend?.type === 'HTTP-VPC' ? backend.vpcAccessName : null;
}
