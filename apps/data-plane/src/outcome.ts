/** What the log tells of a hop's answer. */
// hot
import type { Answer } from '@causeway/plugins';
import type { Hop } from './gateway.js';

/** For a hop whose caller in this process will answer something else. */
export function noteOutcome(x: Hop, { status, errorCode, errorMessage }: Answer): void {
  x.status = status;
  x.errorCode = errorCode;
  x.errorMessage = errorMessage;
}

/** An answer passes the hops of one process by reference: what the client got is what every hop answered, unless it was noted. */
export function copyOutcome(from: Hop, to: Hop): void {
  to.answerStartMs = from.answerStartMs;
  to.responseBytes = from.responseBytes;
  if (to.status !== 0) return;
  to.status = from.status;
  to.errorCode = from.errorCode;
  to.errorMessage = from.errorMessage;
}
