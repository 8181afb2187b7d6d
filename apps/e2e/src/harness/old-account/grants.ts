/** Who may call what in the old account: apps with a hundred APIs each, and APIs that every app may call. */
import type { OldApi } from './account.js';
import type { OldApp } from './apps.js';
import { farOf, PAIRS } from './calls.js';

export interface GrantCall {
  readonly appId?: string;
  readonly apiIds?: string[];
  readonly apiId?: string;
  readonly appIds?: string[];
  readonly stage: string;
  readonly expiresAt?: string;
  readonly description?: string;
}

/** Two of the first four apps have a grant on each signed API, in RELEASE. */
const HOLDS = [
  { app: 0, from: 0 },
  { app: 1, from: 60 },
  { app: 2, from: 0, expiresAt: '2099-01-01T00:00:00Z' },
  { app: 3, from: 60, expiresAt: 'Thu, 01 Jan 2099 00:00:00 GMT', description: 'ordered by the shop team' },
];
const AT_ONCE = 100;

/** 600 grants in nine calls. */
export function oldGrants(apps: readonly OldApp[], signed: readonly OldApi[]): GrantCall[] {
  const ofApps = HOLDS.map(({ app, from, ...rest }) => {
    const apiIds = signed.slice(from, from + AT_ONCE).map(({ id }) => id);
    return { appId: apps[app]?.id ?? '', apiIds, stage: 'RELEASE', ...rest };
  });
  const far = Array.from({ length: PAIRS }, (_, pair) => farOf(pair));
  const callees = signed.filter(({ kind, group }) => kind.name === 'signed' && far.includes(group.n));
  const ofApis = callees.map(({ id }) => ({ apiId: id, appIds: apps.map((app) => app.id), stage: 'PRE' }));
  return [...ofApps, ...ofApis];
}

/** An app with a grant on the n-th of the signed APIs. */
export function holderOf(apps: readonly OldApp[], n: number): OldApp {
  const app = apps[n < 80 ? (n % 2) * 2 : (n % 2) * 2 + 1];
  if (app === undefined) throw new Error('There are four apps at least');
  return app;
}
