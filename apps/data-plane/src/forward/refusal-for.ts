/** What a failed call to a backend is told to the client (wire contract 6 rule 3). */
import { type Answer, refuse } from '@causeway/plugins';
import { BodyAltered, BodyBroken, BodyTooLarge } from './body-pipe.js';
import { IllegalAddress } from './resolve.js';

/** The backend did not answer in full in time. */
export class Deadline extends Error {
  constructor() {
    super('Backend service request timeout');
  }
}

/** There was no connection to the backend in that time. */
export class NoConnection extends Error {}

const NOT_RESOLVED = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
const TLS = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_MISMATCH)/;
const NOT_HTTP = /^(?:HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_BAD_)/;

export function refusalFor(error: Error & { code?: string }): Answer {
  if (error instanceof Deadline) return refuse('D504TO');
  if (error instanceof NoConnection) return refuse('D504CO', { Reason: 'no connection in time' });
  if (error instanceof BodyTooLarge) return refuse('I413RL');
  if (error instanceof BodyBroken) return refuse('I400BD', { Reason: error.message });
  if (error instanceof BodyAltered) return refuse('I400I5');
  if (error instanceof IllegalAddress) return refuse('D504IL');
  const code = error.code ?? '';
  if (NOT_RESOLVED.has(code)) return refuse('D504RE');
  if (TLS.test(code)) return refuse('D504CS', { Reason: code });
  if (NOT_HTTP.test(code) || error.name === 'HTTPParserError' || isBadAnswer(code, error.message))
    return refuse('D502BR', { Reason: code });
  return refuse('D504CO', { Reason: code === '' ? 'connection failed' : code });
}

/** Undici's own words for an unasked 100 or 101; a status below 100 breaks an assertion of its. */
function isBadAnswer(code: string, message: string): boolean {
  return code === 'ERR_ASSERTION' || (code === 'UND_ERR_SOCKET' && (message === 'bad response' || message === 'bad upgrade'));
}
