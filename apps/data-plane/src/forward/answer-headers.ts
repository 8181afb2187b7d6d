/** Which of a backend's headers go on to the client (wire contract 11.1). */
// hot
import type { Answer } from '@causeway/plugins';

/** @param passErrors true when the backend is a gateway: its error code and message are this answer's */
export function fromBackend(raw: readonly Buffer[], answer: Answer, passErrors: boolean): void {
  const { headers } = answer;
  let connection: string | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toString('latin1');
    const value = raw[i + 1]!.toString('latin1');
    switch (name.toLowerCase()) {
      case 'connection':
        connection = connection === null ? value : `${connection},${value}`;
        continue;
      case 'keep-alive':
      case 'proxy-connection':
      case 'proxy-authenticate':
      case 'proxy-authorization':
      case 'te':
      case 'trailer':
      case 'transfer-encoding':
      case 'upgrade':
        continue;
      case 'x-ca-error-code':
        if (passErrors) answer.errorCode = value;
        continue;
      case 'x-ca-error-message':
        if (passErrors) answer.errorMessage = value;
        continue;
    }
    if (isReserved(name)) continue;
    headers.push(name, value);
  }
  if (connection !== null && !/^(?:keep-alive|close)$/i.test(connection)) dropNamed(headers, connection);
}

function isReserved(name: string): boolean {
  return name.length >= 5 && (name.charCodeAt(0) | 0x20) === 0x78 && name.charCodeAt(1) === 0x2d && /^x-ca-/i.test(name);
}

function dropNamed(headers: string[], connection: string): void {
  const named = new Set(connection.split(',').map((token) => token.trim().toLowerCase()));
  let kept = 0;
  for (let i = 0; i < headers.length; i += 2) {
    if (named.has(headers[i]!.toLowerCase())) continue;
    headers[kept++] = headers[i]!;
    headers[kept++] = headers[i + 1]!;
  }
  headers.length = kept;
}
