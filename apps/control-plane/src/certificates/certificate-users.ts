/** The domains that are served with a certificate: where it is published, and what it must be good for. */
import { chunkKeys } from '@causeway/contract';
import type { EntityManager } from 'typeorm';
import type { Change } from '../change/change.js';
import { conflict } from '../http/problem.js';
import type { Certificate } from './certificate.entity.js';
import { covers } from './leaf-facts.js';

const NAMED_AT_MOST = 10;

interface User {
  readonly domain: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly instanceId: string;
}

/** The certificate is locked: whoever makes a domain name it, or moves such a domain, holds a lock on it, too. */
export async function usersOf(manager: EntityManager, id: string): Promise<User[]> {
  return manager.query(
    `SELECT d.domain, g.id AS "groupId", g.name AS "groupName", g.instance_id AS "instanceId"
     FROM group_domains d JOIN groups g ON g.id = d.group_id WHERE d.certificate_id = $1 ORDER BY d.domain, g.id`,
    [id],
  );
}

export function touchUsers(change: Change, id: string, users: readonly User[]): void {
  for (const instanceId of new Set(users.map((user) => user.instanceId))) change.touch(instanceId, chunkKeys.certificate(id));
}

export function refuseInUse(users: readonly User[]): void {
  if (users.length === 0) return;
  const named = users
    .slice(0, NAMED_AT_MOST)
    .map(({ domain, groupName, groupId }) => `${domain} of group ${groupName} (${groupId})`);
  const more = users.length > NAMED_AT_MOST ? ` and ${users.length - NAMED_AT_MOST} more` : '';
  throw conflict(
    'DependencyViolationCertificate',
    `Domains are served with the certificate: ${named.join(', ')}${more}. Give them another one first.`,
  );
}

/** What clients will complain of, though it is stored: names that it is not for, and its time. */
export function warnOfCertificate(
  change: Change,
  { name, leaf }: Pick<Certificate, 'name' | 'leaf'>,
  domains: readonly string[],
  path: string,
): void {
  const { hostNames, validFrom, validTo } = leaf;
  const now = new Date().toISOString();
  if (validTo <= now) change.warn({ code: 'CertificateExpired', message: `The certificate ${name} ended at ${validTo}.`, path });
  if (validFrom > now)
    change.warn({ code: 'CertificateNotYetValid', message: `The certificate ${name} begins at ${validFrom}.`, path });
  const bare = [...new Set(domains)].filter((domain) => !covers(hostNames, domain));
  if (bare.length === 0) return;
  const named = bare.slice(0, NAMED_AT_MOST).join(', ');
  const more = bare.length > NAMED_AT_MOST ? ` and ${bare.length - NAMED_AT_MOST} more` : '';
  change.warn({ code: 'CertificateMismatch', message: `The certificate ${name} is not for ${named}${more}.`, path });
}
