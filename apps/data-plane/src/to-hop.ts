/** A message of Node's HTTP server as a hop. */
// hot
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { normalizeHost } from '@causeway/contract';
import { Exchange, Head, type Listener, type RequestBody } from '@causeway/plugins';
import { openHop } from '@causeway/signature';
import type { Hop } from './gateway.js';

/** Who the request is: of its own, or a part of a call that another hop of this deployment vouches for (wire contract 9.3, 9.4). */
export function identify(x: Hop, hopKey: Parameters<typeof openHop>[3] | null): void {
  const own = randomUUID().toUpperCase();
  x.requestId = own;
  x.initialRequestId = own;
  if (x.listener !== 'internal' || x.head.hop === null || hopKey === null) return;
  const hop = openHop(x.head.hop, x.method, x.target, hopKey, x.arrivedAtMs);
  if (hop === null) return;
  x.trusted = true;
  x.initialRequestId = hop.id;
  x.chain = hop.chain;
}

export function toHop(listener: Listener, req: IncomingMessage): Hop {
  const head = new Head(req.rawHeaders);
  const target = req.url ?? '/';
  const absolute = target.charCodeAt(0) !== 0x2f;
  const authority = absolute ? (absoluteParts(target)?.authority ?? head.host) : head.host;
  return new Exchange(
    listener,
    req.method ?? 'GET',
    absolute ? (absoluteParts(target)?.rest ?? target) : target,
    head,
    authority === null || (absolute && head.host !== null && hostOf(head.host) === '') ? '' : hostOf(authority),
    peerOf(req.socket),
    'http',
    bodyOf(req, head),
    Date.now(),
    performance.now(),
    null,
  );
}

/** `http://host:port/path?query` as a proxy gets it; the authority beats the Host header (wire contract 1.1 rule 2). */
function absoluteParts(target: string): { authority: string; rest: string } | null {
  const match = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target);
  if (match === null) return null;
  const rest = match[2]!;
  return { authority: match[1]!, rest: rest.startsWith('/') ? rest : `/${rest}` };
}

/** `host[:port]`. Whatever else a host name could hold by RFC 3986, none that is served does; userinfo least of all. */
const AUTHORITY = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?$/;

/** Empty when it is not `host[:port]`: no part of it may then be taken for the host. */
function hostOf(authority: string): string {
  return AUTHORITY.test(authority) ? normalizeHost(authority) : '';
}

/** The address of who is connected; an IPv4 one as such. */
export function peerOf(socket: Socket): string {
  const address = socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

function bodyOf(req: IncomingMessage, head: Head): RequestBody | null {
  if (head.transferEncoding !== null) return { stream: req, length: null, buffered: null, contentMd5: null };
  if (head.contentLength === null || head.contentLength === '0') return null;
  return { stream: req, length: Number(head.contentLength), buffered: null, contentMd5: null };
}
