/** The origin of big bodies: counts what `POST /take` sends, and gives `GET /give?bytes=` that many; holds neither. */
import { createServer, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

const PIECE = Buffer.alloc(64 * 1024, 'x');

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://origin');
  if (request.method === 'GET') give(Number(url.searchParams.get('bytes')), response);
  else {
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    request.on('end', () => response.end(String(bytes)));
  }
});
server.listen(Number(process.argv[2]), '127.0.0.1');

function give(bytes: number, response: ServerResponse): void {
  response.setHeader('content-length', bytes);
  Readable.from(pieces(bytes)).pipe(response);
}

function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= PIECE.length) yield left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
}
