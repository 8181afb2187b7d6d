/** Turns a backend's definition, with what a route lays over it, into one that can be called. */
import { type ApiBackend, internalDomainGroup, normalizeHost, type VpcAccessesChunk } from '@causeway/contract';
import { type BackendOverlay, wireText } from '@causeway/plugins';
import type { Address, Backend, ContentTypeRule } from './backend.js';
import { compilePath, type PathSources } from './compile-path.js';
import { shared } from './shared.js';

/** Timeouts under this act as this (wire contract 12), ms. */
const SHORTEST_TIMEOUT_MS = 300;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_TYPE = 'text/plain; charset=UTF-8';

/** The named upstreams of an account, by name. */
export type VpcAccesses = ReadonlyMap<string, VpcAccessesChunk['accesses'][number]>;

/** What a name in a backend may stand for. */
export interface Surroundings {
  /** Domain suffix of the deployment. */
  readonly suffix: string;
  readonly vpcAccesses: VpcAccesses;
}

type Callable = Extract<ApiBackend, { path: string }>;

/** @returns the backend, or what it lacks (I504RB) */
export function compileBackend(
  own: ApiBackend | undefined,
  overlay: BackendOverlay,
  sources: PathSources,
  { suffix, vpcAccesses }: Surroundings,
): { readonly backend: Backend } | { readonly incomplete: string } {
  const type = overlay.type ?? own?.type;
  if (type === undefined) return { incomplete: 'no backend type' };
  if (type === 'MOCK') return { backend: mock(own?.type === 'MOCK' ? own : null, overlay) };
  if (type !== 'HTTP' && type !== 'HTTP-VPC') return unusable('X501NS', { Feature: `backend type ${type as string}` });
  const address = type === 'HTTP' ? ownAddress(own, overlay) : vpcAddress(own, overlay, vpcAccesses);
  if (address === null) return { incomplete: type === 'HTTP' ? 'no address' : 'no vpcAccessName' };
  if (typeof address === 'string') return { incomplete: `address ${address}` };
  // Path, method, timeout and Content-Type are kept between the two types.
  const base = own === undefined || own.type === 'MOCK' ? null : own;
  const path = compilePath(overlay.path ?? base?.path ?? '/', sources);
  if ('problem' in path) return { incomplete: path.problem };
  if ('missing' in address) return unusable('X504VE', { Name: address.missing });
  const method = overlay.method ?? base?.method ?? 'ANY';
  const { contentType } = base ?? {};
  const common = {
    address,
    path: path.path,
    method: method === 'ANY' ? null : method,
    timeoutMs: Math.max(SHORTEST_TIMEOUT_MS, overlay.timeoutMs ?? base?.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    contentType: contentType === undefined ? NO_RULE : shared('content type', contentType, () => contentTypeRule(contentType)),
  };
  const groupId = internalDomainGroup(address.host, suffix);
  return { backend: groupId === null ? { kind: 'http', ...common } : { kind: 'internal', groupId, ...common } };
}

/** `scheme://host[:port]`, `http` when no scheme is given; a text says which rule it breaks. */
export function parseAddress(address: string, ownHostHeader: string | null = null): Address | string {
  const text = address.includes('://') ? address : `http://${address}`;
  return shared('address', [text, ownHostHeader], () => ({ read: readAddress(text, ownHostHeader) })).read;
}

function readAddress(text: string, ownHostHeader: string | null): Address | string {
  if (!/^https?:\/\/[A-Za-z0-9._~[\]:-]+\/?$/i.test(text)) return 'must be scheme://host[:port] with http or https';
  if (!URL.canParse(text)) return 'must be scheme://host[:port] with a valid host and port';
  return addressOf(new URL(text), ownHostHeader);
}

function addressOf({ protocol, hostname, port }: URL, ownHostHeader: string | null): Address {
  const scheme = protocol === 'https:' ? 'https' : 'http';
  const host = hostname.replace(/\.$/, '');
  const hostHeader = ownHostHeader ?? (port === '' ? host : `${host}:${port}`);
  return {
    scheme,
    host,
    port: port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
    hostHeader,
    serverName: normalizeHost(hostHeader),
    known: null,
  };
}

function ownAddress(own: ApiBackend | undefined, overlay: BackendOverlay): Address | string | null {
  const address = overlay.address ?? (own?.type === 'HTTP' ? own.address : undefined);
  return address === undefined ? null : parseAddress(address);
}

/** A name that stands for nothing is no fault of the definition: the access may come, and go, at any time (X504VE). */
function vpcAddress(
  own: ApiBackend | undefined,
  overlay: BackendOverlay,
  accesses: VpcAccesses,
): Address | string | { readonly missing: string } | null {
  const base = own?.type === 'HTTP-VPC' ? own : null;
  const name = overlay.vpcAccessName ?? base?.vpcAccessName;
  if (name === undefined) return null;
  const access = accesses.get(name);
  if (access === undefined) return { missing: name };
  const found = parseAddress(`${base?.scheme ?? 'http'}://${access.address}`, access.hostHeader);
  return typeof found === 'string' ? { missing: name } : found;
}

function unusable(code: 'X501NS' | 'X504VE', values: Readonly<Record<string, string>>): { readonly backend: Backend } {
  return { backend: { kind: 'unusable', code, values } };
}

const NO_RULE: ContentTypeRule = { category: 'DEFAULT', value: null };

function contentTypeRule(rule: NonNullable<Callable['contentType']>): ContentTypeRule {
  return { category: rule.category, value: rule.value === undefined ? null : wireText(rule.value) };
}

function mock(own: Extract<ApiBackend, { type: 'MOCK' }> | null, overlay: BackendOverlay): Backend {
  const named = overlay.headers ?? own?.headers ?? [];
  const headers = named.flatMap(({ name, value }) => [name, wireText(value)]);
  if (!named.some(({ name }) => name.toLowerCase() === 'content-type')) headers.push('Content-Type', DEFAULT_TYPE);
  return {
    kind: 'mock',
    status: overlay.statusCode ?? own?.statusCode ?? 200,
    headers,
    body: Buffer.from(overlay.body ?? own?.body ?? '', 'utf8'),
  };
}
