/** A publisher for specs: signs snapshots of one instance and offers them over HTTP and in Redis, altered where a spec asks for it. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Chunk, MANIFEST_FORMAT, type Manifest, type NodeReport, redisKeys } from '@causeway/contract';
import {
  canonicalBytes,
  type EncodedChunk,
  encodeChunk,
  InstanceKeys,
  type Keyring,
  manifestHash,
  pack,
} from '@causeway/snapshot';
import { createClient } from '@redis/client';

export const INSTANCE = 'i1';
export const NODE_TOKEN = 'node-token-of-the-spec';
export const KEYRING: Keyring = [{ id: 'k', key: Buffer.alloc(32, 3) }];

export interface Snapshot {
  readonly manifest: Manifest;
  readonly chunks: readonly EncodedChunk[];
}

export function makeSnapshot(
  position: { epoch?: number; revision: number; allowShrink?: Manifest['allowShrink']; keyring?: Keyring },
  chunks: Record<string, Chunk> = instanceChunks(),
): Snapshot {
  const encoded = Object.entries(chunks).map(([key, chunk]) => [key, encodeChunk(chunk)] as const);
  const manifest = new InstanceKeys(position.keyring ?? KEYRING).sign({
    format: MANIFEST_FORMAT,
    instance: INSTANCE,
    epoch: position.epoch ?? 1,
    revision: position.revision,
    allowShrink: position.allowShrink ?? null,
    chunks: Object.fromEntries(encoded.map(([key, { hash }]) => [key, hash])),
    createdAt: '2026-01-01T00:00:00.000Z',
  });
  return { manifest, chunks: encoded.map(([, chunk]) => chunk) };
}

/** An instance chunk, and `apis` live APIs in one group. */
export function instanceChunks(apis = 0, callsFromGateway = true): Record<string, Chunk> {
  const groupId = 'd'.repeat(32);
  const hop = 'e'.repeat(32);
  const keys = new InstanceKeys(KEYRING);
  const chunks: Record<string, Chunk> = {
    instance: {
      kind: 'instance',
      id: INSTANCE,
      name: 'default',
      region: 'local',
      suffix: 'apigw.localhost',
      callsFromGateway,
      hopIds: { public: hop, internal: hop, vpc: hop },
      hopKey: keys.seal('instance/hopKey', Buffer.alloc(32).toString('base64')),
      privateDns: [],
      movedGroups: [],
      accessLists: { ipv4: null, ipv6: null },
      trafficLimit: null,
    },
  };
  for (let n = 0; n * 64 < apis; n++) {
    const count = Math.min(64, apis - n * 64);
    chunks[`apis:${groupId}:${n}`] = {
      kind: 'apis',
      groupId,
      apis: Array.from({ length: count }, (_, index) => api((n * 64 + index).toString(16).padStart(32, '0'))),
    };
  }
  return chunks;
}

function api(id: string) {
  return {
    id,
    stage: 'RELEASE',
    version: '20260101000000000',
    plugins: [],
    definition: {
      name: `api_${id.slice(-8)}`,
      description: '',
      visibility: 'PRIVATE' as const,
      auth: 'ANONYMOUS' as const,
      signatureMethods: ['HmacSHA256' as const],
      appCode: 'DEFAULT' as const,
      forceNonce: false,
      disableInternet: false,
      request: {
        protocols: ['HTTP' as const],
        method: 'GET' as const,
        path: `/${id}`,
        escapePath: false,
        mode: 'PASSTHROUGH' as const,
      },
      parameters: [],
      constants: [],
      system: [],
    },
  };
}

export class HttpOrigin {
  snapshot: Snapshot | null = null;
  readonly reports: NodeReport[] = [];
  readonly asked: string[] = [];
  /** Changes what is sent of a document. */
  alter: (name: string, packed: Buffer) => Buffer = (_, packed) => packed;
  private readonly chunks = new Map<string, Buffer>();
  private readonly streams = new Set<ServerResponse>();
  private readonly waiting = new Set<() => void>();
  private readonly server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/internal/v1/', '');
    this.asked.push(path);
    if (request.headers.authorization !== `Bearer ${NODE_TOKEN}`) response.writeHead(401).end();
    else if (request.method === 'PUT') this.takeReport(request, response);
    else if (request.method === 'DELETE') response.writeHead(204).end();
    else if (path.endsWith('/events')) this.openStream(response);
    else if (path.startsWith('chunks/')) this.send(response, path.slice(7, 71), this.chunks.get(path.slice(7, 71)));
    else this.sendManifest(path.split('/')[1] ?? '', request.headers['if-none-match'], response);
  });

  publish(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    for (const { hash, bytes } of snapshot.chunks) this.chunks.set(hash, pack(bytes));
    for (const stream of this.streams) stream.write(`data: ${JSON.stringify(snapshot.manifest.revision)}\n\n`);
  }

  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Resolves when a report says so. */
  async reported(condition: (report: NodeReport) => boolean): Promise<NodeReport> {
    for (;;) {
      const found = this.reports.findLast(condition);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  private takeReport(request: AsyncIterable<Buffer>, response: ServerResponse): void {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      this.reports.push(JSON.parse(Buffer.concat(parts).toString()) as NodeReport);
      response.writeHead(204).end();
      for (const resolve of this.waiting) resolve();
      this.waiting.clear();
    })();
  }

  private openStream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': open\n\n');
    this.streams.add(response);
    response.once('close', () => this.streams.delete(response));
  }

  private sendManifest(instance: string, known: string | undefined, response: ServerResponse): void {
    if (this.snapshot === null || (instance !== INSTANCE && instance !== 'default')) {
      response.writeHead(404).end();
      return;
    }
    const etag = `"${manifestHash(this.snapshot.manifest)}"`;
    response.setHeader('etag', etag);
    if (known === etag) response.writeHead(304).end();
    else this.send(response, 'manifest', pack(canonicalBytes(this.snapshot.manifest)));
  }

  private send(response: ServerResponse, name: string, packed: Buffer | undefined): void {
    if (packed === undefined) response.writeHead(404).end();
    else response.writeHead(200).end(this.alter(name, packed));
  }
}

export class RedisOrigin {
  readonly client;

  constructor(
    url: string,
    readonly prefix: string,
  ) {
    this.client = createClient({ url });
  }

  async publish(snapshot: Snapshot, { ring = true, withChunks = true, withManifest = true } = {}): Promise<void> {
    const { manifest, chunks } = snapshot;
    const { epoch, revision } = manifest;
    if (withChunks) for (const { hash, bytes } of chunks) await this.client.set(redisKeys.chunk(this.prefix, hash), pack(bytes));
    await this.client.set(redisKeys.instanceName(this.prefix, 'default'), INSTANCE);
    if (withManifest) await this.client.set(redisKeys.manifest(this.prefix, INSTANCE), pack(canonicalBytes(manifest)));
    const head = { epoch, revision, hash: manifestHash(manifest) };
    await this.client.set(redisKeys.head(this.prefix, INSTANCE), JSON.stringify(head));
    if (ring) await this.client.publish(redisKeys.doorbell(this.prefix, INSTANCE), JSON.stringify({ epoch, revision }));
  }

  async flush(): Promise<void> {
    const keys = await this.client.keys(`${this.prefix}:*`);
    if (keys.length > 0) await this.client.del(keys);
  }
}
