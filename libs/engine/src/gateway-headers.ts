/** Adds what the gateway itself says about a request (wire contract 5.2 rows 3 to 9). */
// hot
import type { Exchange, Outgoing } from '@causeway/plugins';

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
