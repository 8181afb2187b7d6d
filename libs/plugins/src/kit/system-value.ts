/** System parameters of a request (conditions, section 3). */
import type { Exchange, RouteFacts } from './exchange.js';
import { headerValue } from './values.js';

/** Null for a parameter that has no value in this request, and for an unknown name. Names match in their written case. */
export function systemValue(x: Exchange<RouteFacts>, name: string): string | null {
  switch (name) {
    case 'CaClientIp':
      return x.clientIp;
    case 'CaDomain':
      return x.host;
    case 'CaRequestHandleTime':
      return new Date(x.arrivedAtMs).toISOString().replace(/\.\d+Z$/, 'Z');
    case 'CaAppId':
      return x.caller?.appId ?? null;
    case 'CaAppKey':
      return x.caller?.key ?? null;
    case 'CaAppExtendInfo':
      return x.caller?.extend || null;
    case 'CaRequestId':
      return x.initialRequestId;
    case 'CaHttpSchema':
    case 'CaHttpScheme':
      return ((x.trusted || x.proxied ? x.head.forwardedProto : null) ?? x.scheme).toUpperCase();
    case 'CaProxy':
      return x.route?.proxyName ?? null;
    case 'CaApiName':
      return x.route?.apiName ?? null;
    case 'CaClientUa':
      return headerValue(x, 'user-agent');
    case 'CaStage':
      return x.route?.stage ?? null;
    case 'CaInstanceId':
      return x.route?.instanceId ?? null;
    default:
      return null;
  }
}
