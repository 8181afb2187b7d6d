/** A whole account of the old gateway, as its export would list it: 20 groups, 400 APIs, 40 apps, 30 plugins, 600 grants. */
import type { EchoBackend } from '../echo-backend.js';
import { anonymousKinds } from './anonymous-kinds.js';
import { type OldApp, oldApps } from './apps.js';
import { callerKind, nearOf, PAIRS, pairOf, routingOf, signatureOf } from './calls.js';
import { type OldDataset, oldDatasets } from './datasets.js';
import { type GrantCall, holderOf, oldGrants } from './grants.js';
import { type OldGroup, oldGroups, oldId } from './groups.js';
import { guardedKind, guards } from './guards.js';
import type { Kind } from './kind.js';
import { signedKinds } from './signed-kinds.js';
import { oldAccesses } from './vpc-accesses.js';

export interface OldApi {
  readonly id: string;
  readonly kind: Kind;
  readonly group: OldGroup;
  /** May call it. */
  readonly app: OldApp;
}

export interface OldPlugin {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly config: string | object;
  readonly bindTo: { readonly apiIds: string[] } | { readonly groupId: string };
}

export interface OldAccount {
  readonly groups: readonly OldGroup[];
  readonly apis: readonly OldApi[];
  readonly apps: readonly OldApp[];
  readonly plugins: readonly OldPlugin[];
  readonly grants: readonly GrantCall[];
  readonly datasets: readonly OldDataset[];
  readonly accesses: ReadonlyArray<{ name: string; hostHeader: string; address: string }>;
  /** The names by which backends are known on the instance. */
  readonly privateDns: ReadonlyArray<{ host: string; records: Array<{ address: string; port: number }> }>;
}

const kinds = [...anonymousKinds, callerKind, guardedKind, ...signedKinds];
const isSigned = ({ name }: Kind): boolean => signedKinds.some((kind) => kind.name === name);

export function oldAccount(blue: EchoBackend, green: EchoBackend): OldAccount {
  const groups = oldGroups(blue, green);
  const apps = oldApps();
  let signedSoFar = 0;
  const apis = groups.flatMap((group) =>
    kinds.map((kind) => ({
      id: oldId(`api ${group.n} ${kind.name}`),
      kind,
      group,
      app: holderOf(apps, isSigned(kind) ? signedSoFar++ : 0),
    })),
  );
  const signed = apis.filter(({ kind }) => isSigned(kind));
  return {
    groups,
    apis,
    apps,
    plugins: [...guardPlugins(groups, apis), ...callPlugins(groups, apis)],
    grants: oldGrants(apps, signed),
    datasets: oldDatasets(),
    accesses: oldAccesses([blue, green]),
    privateDns: [{ host: 'blue.backends.test', records: [{ address: '127.0.0.1', port: blue.port }] }],
  };
}

/** Of a kind in a group. */
export function apiOf(apis: readonly OldApi[], kind: string, group: number): OldApi {
  const found = apis.find((api) => api.kind.name === kind && api.group.n === group);
  if (found === undefined) throw new Error(`Group ${group} has no API ${kind}`);
  return found;
}

function guardPlugins(groups: readonly OldGroup[], apis: readonly OldApi[]): OldPlugin[] {
  return guards.map(({ type, config, to }, n) => ({
    ...named(type, `guard_${n}`),
    config,
    bindTo: to === 'api' ? { apiIds: [apiOf(apis, 'guarded', n).id] } : { groupId: groups[n]?.id ?? '' },
  }));
}

function callPlugins(groups: readonly OldGroup[], apis: readonly OldApi[]): OldPlugin[] {
  return Array.from({ length: PAIRS }, (_, pair) => {
    const callers = apis.filter(({ kind, group }) => kind === callerKind && pairOf(group) === pair);
    const bindTo = { apiIds: callers.map(({ id }) => id) };
    const { app } = apiOf(apis, 'signed', nearOf(pair));
    return [
      { ...named('routing', `calls_${pair}`), config: routingOf(pair, groups), bindTo },
      { ...named('backendSignature', `signs_${pair}`), config: signatureOf(pair, app), bindTo },
    ];
  }).flat();
}

function named(type: string, name: string) {
  return { id: oldId(`plugin ${name}`), name: `${name}_${type}`, type };
}
