/** Turns a backend's definition, with what a route lays over it, into one that can be called. */
import { type ApiBackend, internalDomainGroup } from '@causeway/contract';
import { type BackendOverlay, wireText } from '@causeway/plugins';
import type { Backend, ContentTypeRule } from './backend.js';
import { compilePath, type PathSources } from './compile-path.js';

/** Timeouts under this act as this (wire contract 12), ms. */
const SHORTEST_TIMEOUT_MS = 300;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_TYPE = 'text/plain; charset=UTF-8';

type HttpFields = Extract<ApiBackend, { type: 'HTTP' }>;

/** @returns the backend, or what it lacks (I504RB) */
export function compileBackend(
  own: ApiBackend | undefined,
  overlay: BackendOverlay,
  sources: PathSources,
  suffix: string,
): { readonly backend: Backend } | { readonly incomplete: string } {
  const type = overlay.type ?? own?.type;
  if (type === undefined) return { incomplete: 'no backend type' };
  if (type === 'MOCK') return { backend: mock(own?.type === 'MOCK' ? own : null, overlay) };
  const base = own?.type === 'HTTP' ? own : null;
  const address = overlay.address ?? base?.address;
  if (address === undefined) return { incomplete: 'no address' };
  const parsed = parseAddress(address);
  if (typeof parsed === 'string') return { incomplete: `address ${parsed}` };
  const path = compilePath(overlay.path ?? base?.path ?? '/', sources);
  if ('problem' in path) return { incomplete: path.problem };
  const method = overlay.method ?? base?.method ?? 'ANY';
  const common = {
    host: parsed.host,
    path: path.path,
    method: method === 'ANY' ? null : method,
    timeoutMs: Math.max(SHORTEST_TIMEOUT_MS, overlay.timeoutMs ?? base?.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    contentType: contentTypeRule(base),
  };
  const groupId = internalDomainGroup(parsed.host, suffix);
  if (groupId !== null) return { backend: { kind: 'internal', groupId, hostHeader: parsed.host, ...common } };
  return { backend: { kind: 'http', scheme: parsed.scheme, port: parsed.port, hostHeader: parsed.hostHeader, ...common } };
}

export interface Address {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly hostHeader: string;
}

/** `scheme://host[:port]`, `http` when no scheme is given; a text says which rule it breaks. */
export function parseAddress(address: string): Address | string {
  const text = address.includes('://') ? address : `http://${address}`;
  if (!/^https?:\/\/[A-Za-z0-9._~[\]:-]+\/?$/i.test(text)) return 'must be scheme://host[:port] with http or https';
  if (!URL.canParse(text)) return 'must be scheme://host[:port] with a valid host and port';
  const url = new URL(text);
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const host = url.hostname.replace(/\.$/, '');
  return {
    scheme,
    host,
    port: url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port),
    hostHeader: url.port === '' ? host : `${host}:${url.port}`,
  };
}

function contentTypeRule(own: HttpFields | null): ContentTypeRule {
  const rule = own?.contentType;
  return { category: rule?.category ?? 'DEFAULT', value: rule?.value === undefined ? null : wireText(rule.value) };
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
