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

type Row = Omit<DomainConflict, 'wanted' | 'isOwnAccount'> & { accountId: string; basePath: string };

/** Other groups' domains that are in the way. Nothing comes into their way afterwards until the write ends. */
export async function findDomainConflicts(
  manager: EntityManager,
  { groupId, accountId, instanceId, basePath }: DomainPlace,
  domains: readonly string[],
): Promise<DomainConflict[]> {
  await manager.query(DOMAIN_LOCK);
  const names = domains.flatMap((domain) => [domain, ...wildcardsOver(domain)]);
  // An underscore stands for any character here; whether names overlap is decided below.
  const below = domains.filter(isWildcard).map((wildcard) => `${reverse(wildcard.slice(1))}%`);
  const rows: Row[] = await manager.query(
    `SELECT d.id, d.domain, g.id AS "groupId", g.name AS "groupName", g.account_id AS "accountId", g.base_path AS "basePath"
     FROM group_domains d JOIN groups g ON g.id = d.group_id
     WHERE (d.domain = ANY($3) OR reverse(d.domain) LIKE ANY($4)) AND g.instance_id = $1 AND g.id <> $2
     ORDER BY d.domain, g.id`,
    [instanceId, groupId, names, below],
  );
  return rows.flatMap(({ accountId: owner, basePath: taken, ...row }) => {
    const wanted = domains.find((domain) => (domain === row.domain ? taken === basePath : overlap(domain, row.domain)));
    return wanted === undefined ? [] : [{ ...row, wanted, isOwnAccount: owner === accountId }];
  });
}

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

function overlap(one: string, other: string): boolean {
  return wildcardsOver(one).includes(other) || wildcardsOver(other).includes(one);
}

function reverse(text: string): string {
  return [...text].reverse().join('');
}
