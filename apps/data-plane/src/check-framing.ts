/** Refuses messages that two readers could frame or address differently (wire contract 1.1, 5.3, 12). */
// hot
import { type Answer, refuse } from '@causeway/plugins';
import type { Config } from './config.js';
import type { Hop } from './gateway.js';

const MAX_HEADER_LINES = 200;

/** Each refusal here closes the connection: what follows on it cannot be trusted to be a request. */
export function checkFraming(x: Hop, httpVersion: string, limits: Config['limits']): Answer | undefined {
  const { head } = x;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return close(refuse('I400RU', { Reason: `HTTP/${httpVersion}` }));
  if (head.hosts !== 1 || x.host === '') {
    if (head.hosts > 1) return close(header('Host', 'on several lines'));
    if (head.hosts === 0 && httpVersion !== '1.0') return close(refuse('I400MH', { HeaderName: 'Host' }));
    if (head.hosts === 1) return close(header('Host', 'is not host[:port]'));
  }
  if (x.target.length > limits.urlBytes) return close(refuse('I413UL'));
  if (head.names.length > MAX_HEADER_LINES) return close(header('', `section of over ${MAX_HEADER_LINES} lines`));
  if (sectionBytes(head.raw) > limits.headerBytes) return close(header('', `section of over ${limits.headerBytes} bytes`));
  if (head.transferEncoding !== null) {
    if (httpVersion === '1.0') return close(header('Transfer-Encoding', 'in HTTP/1.0'));
    if (head.transferEncoding.toLowerCase() !== 'chunked') return close(header('Transfer-Encoding', 'is not chunked'));
    if (head.contentLength !== null) return close(header('Content-Length', 'beside Transfer-Encoding'));
  }
  if (head.contentLength !== null && !/^[0-9]{1,15}$/.test(head.contentLength))
    return close(header('Content-Length', 'is not a number'));
  if (head.expect !== null && head.expect.toLowerCase() !== '100-continue') {
    const refused = close(header('Expect', 'is not 100-continue'));
    refused.status = 417;
    return refused;
  }
  return undefined;
}

/** Bytes of the section as it stood on the wire: name, colon, blank, value, CR, LF. */
function sectionBytes(raw: readonly string[]): number {
  let bytes = 0;
  for (let i = 0; i < raw.length; i++) bytes += raw[i]!.length + 2;
  return bytes;
}

function header(name: string, reason: string): Answer {
  return refuse('I400HD', { HeaderName: name, Reason: reason });
}

function close(refused: Answer): Answer {
  refused.close = true;
  return refused;
}
