/** Keeps a host on an instance with one group for each base path, and what is under a wildcard with its group (management model 2.4 rule 1). */
import type { EntityManager } from 'typeorm';
import { DOMAIN_LOCK } from '../change/advisory-locks.js';
import { conflict } from '../http/problem.js';
import { isWildcard, wildcardsOver } from './domain-name.js';

/** Where domains are, or come to. */
export interface DomainPlace {
  readonly groupId: string;
  readonly accountId: string;
  readonly instanceId: string;
  readonly basePath: string;
}

export interface DomainConflict {
  readonly id: string;
  /** The domain that is in the way of `wanted`; equal, above or below it. */
  readonly domain: string;
  readonly wanted: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly isOwnAccount: boolean;
}

/**
 * Other groups' domains that are in the way: of each way in which a wanted one can be taken, the first. Nothing comes into their way
 * afterwards until the write ends.
 */
export async function findDomainConflicts(
  manager: EntityManager,
  { groupId, accountId, instanceId, basePath }: DomainPlace,
  domains: readonly string[],
): Promise<DomainConflict[]> {
  await manager.query(DOMAIN_LOCK);
  const above = domains.flatMap((wanted) => wildcardsOver(wanted).map((wildcard) => [wanted, wildcard] as const));
  return manager.query(
    `SELECT d.id, d.domain, d.wanted, g.id AS "groupId", g.name AS "groupName", g.account_id = $3 AS "isOwnAccount"
     FROM (${IN_THE_WAY}) d JOIN groups g ON g.id = d.group_id ORDER BY d.domain, g.id`,
    [
      instanceId,
      groupId,
      accountId,
      basePath,
      domains,
      above.map(([wanted]) => wanted),
      above.map(([, wildcard]) => wildcard),
      domains.filter(isWildcard),
    ],
  );
}

/** Each look is ordered as an index of the instance's domains is, and takes what comes first: it costs the same however many stand there. */
const IN_THE_WAY = `
  SELECT wanted, same.* FROM unnest($5::text[]) AS w (wanted) CROSS JOIN LATERAL (
    SELECT id, domain, group_id FROM group_domains
    WHERE instance_id = $1 AND domain = wanted AND base_path = $4 AND group_id <> $2
    ORDER BY instance_id, domain, base_path LIMIT 1) same
  UNION ALL
  SELECT wanted, above.* FROM unnest($6::text[], $7::text[]) AS w (wanted, wildcard) CROSS JOIN LATERAL (
    SELECT id, domain, group_id FROM group_domains
    WHERE instance_id = $1 AND domain = wildcard AND group_id <> $2
    ORDER BY instance_id, domain, base_path LIMIT 1) above
  UNION ALL
  -- Backwards and byte by byte, what is under *.x.com comes after moc.x.* and before moc.x/ (the byte after the dot).
  SELECT wanted, under.* FROM unnest($8::text[]) AS w (wanted) CROSS JOIN LATERAL (
    SELECT id, domain, group_id FROM group_domains
    WHERE instance_id = $1 AND group_id <> $2
      AND reverse(domain) ~>~ reverse(wanted) AND reverse(domain) ~<~ replace(reverse(wanted), '.*', '/')
    ORDER BY instance_id, reverse(domain) USING ~<~ LIMIT 1) under`;

/** 409 that names the rule, and the group where it is the account's own. */
export function refuseConflicts(conflicts: readonly DomainConflict[], basePath: string): void {
  const [first] = conflicts;
  if (first === undefined) return;
  const { domain, wanted, groupName, groupId, isOwnAccount } = first;
  const whose = isOwnAccount ? `group ${groupName} (${groupId})` : 'a group of another account';
  if (domain === wanted)
    throw conflict(
      'DuplicateDomain',
      `${domain} is bound to ${whose} on this instance: a domain serves one group for each base path, and both have ${basePath}.`,
    );
  throw conflict(
    'OverlappingDomain',
    `${domain} is bound to ${whose} on this instance: what is under a wildcard belongs to the group of the wildcard, and so ${wanted} cannot be bound to another.`,
  );
}

/** The same for all domains of a group that changes its base path or comes to another instance. The group is locked. */
export async function refuseDomainsInTheWay(manager: EntityManager, place: DomainPlace): Promise<void> {
  const own: { domain: string }[] = await manager.query('SELECT domain FROM group_domains WHERE group_id = $1', [place.groupId]);
  if (own.length === 0) return;
  const domains = own.map(({ domain }) => domain);
  refuseConflicts(await findDomainConflicts(manager, place, domains), place.basePath);
}
