/** A control plane of one snapshot: signs generated chunks and offers them over HTTP, as a data plane asks for them. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Chunk, MANIFEST_FORMAT } from '@causeway/contract';
import { canonicalBytes, encodeChunk, formatKeyring, InstanceKeys, type Keyring, manifestHash, pack } from '@causeway/snapshot';
import { INSTANCE } from './chunks.js';

/** With fewer, data planes take the stream for dead and come again. */
const HEARTBEAT_MS = 10_000;

/**
 * It is there as long as somebody follows it.
 *
 * @param chunksOf given the keys that seal what a chunk holds sealed
 * @returns what a data plane needs to follow it
 */
export async function publish(
  chunksOf: (keys: InstanceKeys) => Record<string, Chunk>,
): Promise<Readonly<Record<string, string>>> {
  const keyring: Keyring = [{ id: 'bench', key: randomBytes(32) }];
  const nodeToken = randomBytes(32).toString('base64url');
  const documents = documentsOf(keyring, chunksOf);

  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${nodeToken}`) response.writeHead(401).end();
    else if (request.url?.endsWith('/events')) keepOpen(response);
    else if (request.method === 'PUT') request.resume().once('end', () => response.writeHead(204).end());
    else offer(documents, request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return {
    CAUSEWAY_CONTROL_PLANE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    CAUSEWAY_NODE_TOKEN: nodeToken,
    CAUSEWAY_INSTANCE: INSTANCE,
    CAUSEWAY_INSTANCE_KEY: formatKeyring(keyring),
  };
}

interface Documents {
  /** Hash -> packed bytes, `manifest` among them. */
  packed: ReadonlyMap<string, Buffer>;
  etag: string;
}

function documentsOf(keyring: Keyring, chunksOf: (keys: InstanceKeys) => Record<string, Chunk>): Documents {
  const keys = new InstanceKeys(keyring);
  const packed = new Map<string, Buffer>();
  const hashes: Record<string, string> = {};
  for (const [key, chunk] of Object.entries(chunksOf(keys))) {
    const { hash, bytes } = encodeChunk(chunk);
    hashes[key] = hash;
    packed.set(hash, pack(bytes));
  }
  const manifest = keys.sign({
    format: MANIFEST_FORMAT,
    instance: INSTANCE,
    epoch: 1,
    revision: 1,
    allowShrink: null,
    chunks: hashes,
    createdAt: new Date().toISOString(),
  });
  packed.set('manifest', pack(canonicalBytes(manifest)));
  return { packed, etag: `"${manifestHash(manifest)}"` };
}

function offer({ packed, etag }: Documents, request: IncomingMessage, response: ServerResponse): void {
  const name = /\/(manifest|[0-9a-f]{64})(?:\?|$)/.exec(request.url ?? '')?.[1] ?? '';
  const document = packed.get(name);
  if (document === undefined) response.writeHead(404).end();
  else if (name === 'manifest' && request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
  else response.writeHead(200, name === 'manifest' ? { etag } : {}).end(document);
}

function keepOpen(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
  const timer = setInterval(() => response.write(': \n\n'), HEARTBEAT_MS);
  response.once('close', () => clearInterval(timer));
}
