/** Warns of a deployment whose named upstream is not there (management model 2.9). */
import type { ApiDefinition } from '@causeway/contract';
import type { Change } from '../change/change.js';

export async function warnUnknownAccess(change: Change, { backend }: ApiDefinition): Promise<void> {
  if (backend?.type !== 'HTTP-VPC') return;
  const { manager, actor } = change;
  const name = backend.vpcAccessName;
  const found: unknown[] = await manager.query('SELECT 1 FROM vpc_accesses WHERE account_id = $1 AND name = $2', [
    actor.accountId,
    name,
  ]);
  if (found.length > 0) return;
  const message = `The account has no VPC access ${name}: calls answer X504VE until it has.`;
  change.warn({ code: 'UnknownVpcAccess', message, path: 'backend.vpcAccessName' });
}
