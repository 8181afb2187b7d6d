/** Adds what the gateway itself says about a request (wire contract 5.2). */
// hot
import type { Exchange, Outgoing } from '@causeway/plugins';

/** Rows 3 to 7: last, so that nothing else has a say in them. */
export function addGatewayHeaders(x: Exchange, out: Outgoing, hopId: string): void {
  const { forwardedFor, forwardedProto } = x.head;
  out.headers.push(
    'X-Forwarded-Proto',
    (x.trusted || x.proxied) && forwardedProto !== null ? forwardedProto : x.scheme,
    'X-Forwarded-For',
    forwardedFor === null || forwardedFor === '' ? x.peer : `${forwardedFor}, ${x.peer}`,
    'X-Ca-Request-Id',
    x.initialRequestId,
    'Via',
    hopId,
  );
}

/** What loop protection reads, for a call that is no forwarded request: what came through so far, and this gateway. */
export function addVia(x: Exchange | null, out: Outgoing, hopId: string): void {
  if (x !== null) {
    const { names, raw } = x.head;
    for (let n = 0; n < names.length; n++) if (names[n] === 'via') out.headers.push('Via', raw[n * 2 + 1]!);
    out.headers.push('X-Ca-Request-Id', x.initialRequestId);
  }
  out.headers.push('Via', hopId);
}

/** Which route was hit, and its constants (row 8): a part of the mapping, that plugins may still change. */
export function addRouteHeaders(x: Exchange, out: Outgoing): void {
  if (x.routeName === null) return;
  out.headers.push('X-Ca-Routing-Name', x.routeName);
  const { routeHeaders } = x;
  for (let i = 0; i < routeHeaders.length; i += 2) {
    out.set(routeHeaders[i]!, routeHeaders[i + 1]!);
    out.coverBySignature(routeHeaders[i]!.toLowerCase());
  }
  if (x.routeStage === null) return;
  out.headers.push('X-Ca-Stage', x.routeStage);
  out.coverBySignature('x-ca-stage');
}
