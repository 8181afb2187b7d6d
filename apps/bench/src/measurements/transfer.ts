/** Sends and fetches big bodies without holding them. */
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const PIECE = Buffer.alloc(64 * 1024, 'x');

export interface Place {
  port: number;
  host: string;
  path: string;
}

/** @returns the bytes that the origin says it took. @throws on another answer than 200 */
export async function upload(place: Place, bytes: number): Promise<number> {
  const outgoing = request({ ...where(place), method: 'POST', headers: { host: place.host, 'content-length': bytes } });
  const answered = answerOf(outgoing);
  await Promise.all([pipeline(Readable.from(pieces(bytes)), outgoing), answered]);
  const { text } = await answered;
  return Number(text);
}

/** @returns the bytes that arrived. @throws on another answer than 200, or one that breaks off */
export async function download(place: Place): Promise<number> {
  const outgoing = request({ ...where(place), method: 'GET', headers: { host: place.host } });
  const answered = answerOf(outgoing);
  outgoing.end();
  return (await answered).bytes;
}

function where({ port, path }: Place) {
  return { host: '127.0.0.1', port, path, agent: false as const };
}

/** Keeps the start of the answer, and counts the rest. */
function answerOf(outgoing: ReturnType<typeof request>): Promise<{ bytes: number; text: string }> {
  return new Promise((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (answer) => {
      let [bytes, text] = [0, ''];
      answer.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (text.length < 200) text += piece.toString('latin1', 0, 200);
      });
      answer.once('error', reject);
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve({ bytes, text });
        else reject(new Error(`answered ${answer.statusCode} ${answer.headers['x-ca-error-code'] ?? ''} ${text}`));
      });
    });
  });
}

function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= PIECE.length) yield left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
}
