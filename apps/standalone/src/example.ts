/** Loads the example of `example/scenario.yaml` into an empty store, through the management API like anybody else. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ManagementCall } from './management-call.js';

export interface ExampleOptions {
  readonly region: string;
  readonly domainSuffix: string;
  /** Where the sample backends listen on this machine; null where the network resolves their names by itself. */
  readonly backendPorts: readonly [backend1: number, backend2: number] | null;
}

interface Step {
  readonly call: string;
  readonly body?: Record<string, unknown>;
  readonly save?: string;
  readonly 'config-file'?: string;
}

interface Instance {
  readonly id: string;
  readonly name: string;
  readonly privateDns?: ReadonlyArray<{ readonly host: string }>;
}

type Outcome = 'loaded' | 'updated' | 'absent';

export const EXAMPLE_GROUP = '17ff4c9189004a1d87b557606b767334';
const BACKEND_HOSTS = ['backend1.alicloudapi.com', 'backend2.alicloudapi.com'] as const;

/** Loads the example where there is no group yet; where it stands, tells it the new ports of the sample backends. */
export async function ensureExample(call: ManagementCall, options: ExampleOptions): Promise<Outcome> {
  const instance = await defaultInstance(call);
  const groups = await call<{ items: Array<{ id: string }> }>('GET /groups?limit=200');
  if (groups.items.length === 0) {
    await loadExample(call, instance, options);
    return 'loaded';
  }
  const usesSampleBackends = options.backendPorts && instance.privateDns?.some(({ host }) => host === BACKEND_HOSTS[0]);
  if (!groups.items.some(({ id }) => id === EXAMPLE_GROUP)) return 'absent';
  if (usesSampleBackends)
    await call(`PATCH /instances/${instance.id}?wait=applied`, { privateDns: privateDns(instance, options) });
  return 'updated';
}

async function loadExample(call: ManagementCall, instance: Instance, options: ExampleOptions): Promise<void> {
  const known: Record<string, unknown> = {
    region: options.region,
    suffix: options.domainSuffix,
    instance: instance.id,
    privateDns: privateDns(instance, options),
  };
  for (const step of parse(readExample('scenario.yaml')) as Step[]) {
    const config = step['config-file'] && { config: domainsFollow(readExample(step['config-file']), options) };
    const body = step.body && { ...(fill(step.body, known) as object), ...(config || {}) };
    const answer = await call<{ id?: string }>(fill(step.call, known) as string, body);
    if (step.save) known[step.save] = answer.id;
  }
}

/** The texts are those of the original document; its region and suffix give way to the settings'. */
export function domainsFollow(text: string, { region, domainSuffix }: ExampleOptions): string {
  return text.replaceAll('-cn-huhehaote-intranet.alicloudapi.com', `-${region}-intranet.${domainSuffix}`);
}

/** Other entries of the instance stay: they are the operator's. */
function privateDns(instance: Instance, { backendPorts }: ExampleOptions): unknown[] {
  const others = (instance.privateDns ?? []).filter(({ host }) => !(BACKEND_HOSTS as readonly string[]).includes(host));
  if (!backendPorts) return others;
  return [...others, ...BACKEND_HOSTS.map((host, i) => ({ host, records: [{ address: '127.0.0.1', port: backendPorts[i] }] }))];
}

async function defaultInstance(call: ManagementCall): Promise<Instance> {
  const { items } = await call<{ items: Instance[] }>('GET /instances?limit=200');
  const found = items.find(({ name }) => name === 'default');
  if (!found) throw new Error('The store has no instance named "default".');
  return found;
}

/** Replaces `${name}`: a text that is nothing but one placeholder becomes the value itself, lists included. */
function fill(value: unknown, known: Record<string, unknown>): unknown {
  if (typeof value === 'string') {
    const whole = /^\$\{(\w+)\}$/.exec(value)?.[1];
    if (whole) return lookUp(whole, known);
    return value.replace(/\$\{(\w+)\}/g, (_, name: string) => String(lookUp(name, known)));
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, known));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, known)]));
}

function lookUp(name: string, known: Record<string, unknown>): unknown {
  if (!(name in known)) throw new Error(`scenario.yaml names \${${name}}, which nothing has set.`);
  return known[name];
}

function readExample(file: string): string {
  return readFileSync(new URL(`../example/${file}`, import.meta.url), 'utf8');
}
