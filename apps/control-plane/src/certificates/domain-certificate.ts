/** What writes on domains do about the certificates that they name. */
import { chunkKeys } from '@causeway/contract';
import type { EntityManager } from 'typeorm';
import type { Change } from '../change/change.js';
import { refused } from '../http/problem.js';
import { Certificate } from './certificate.entity.js';
import { warnOfCertificate } from './certificate-users.js';

/** 422 for one that the account does not have. It is neither changed nor deleted until the write ends. */
export async function useCertificate(change: Change, id: string, domain: string): Promise<void> {
  const { manager, actor } = change;
  const certificate = await manager.findOne(Certificate, {
    select: { id: true, name: true, leaf: true },
    where: { id, accountId: actor.accountId },
    lock: { mode: 'pessimistic_read' },
  });
  if (certificate === null)
    throw refused(
      [{ path: 'certificateId', message: `there is no certificate ${id}` }],
      'NotFoundCertificate',
      'There is no such certificate.',
    );
  warnOfCertificate(change, certificate, [domain], 'certificateId');
}

/** Once the domains are written: a certificate that comes to an instance or leaves it is published anew. */
export function touchCertificates(change: Change, instanceId: string, ids: ReadonlyArray<string | null>): void {
  for (const id of ids) if (id !== null) change.touch(instanceId, chunkKeys.certificate(id));
}

/** Those that the domains of a group name, locked so that a change of them is either seen here or comes after. */
export async function certificatesOfGroup(manager: EntityManager, groupId: string): Promise<string[]> {
  const rows: { id: string }[] = await manager.query(
    `SELECT id FROM certificates WHERE id IN (SELECT certificate_id FROM group_domains WHERE group_id = $1)
     ORDER BY id FOR SHARE`,
    [groupId],
  );
  return rows.map(({ id }) => id);
}
