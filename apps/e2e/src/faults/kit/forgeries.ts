/** What somebody may write into Redis who can, and has no key. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { redisKeys, SNAPSHOT_FORMATS } from '@causeway/contract';
import { canonicalBytes, InstanceKeys, pack, unpack } from '@causeway/snapshot';
import type { RedisCopy } from './redis-copy.js';

export interface Forgery {
  readonly name: string;
  /** Whether nodes that run come to read it, so that it is counted and told. */
  readonly isRead?: boolean;
  /** Where only a node that starts reads it. */
  readonly atStart?: boolean;
  /** @param moveOn makes edits, and waits until they are in force */
  write(copy: RedisCopy, moveOn: () => Promise<void>): Promise<unknown>;
}

const MB = 1024 * 1024;
/** Revisions that a forged head is ahead. */
const AHEAD = 1000;

export const FORGERIES: readonly Forgery[] = [
  { name: 'garbage for a manifest', isRead: true, write: (copy) => leadTo(copy, randomBytes(10_000)) },
  {
    name: 'a truncated manifest',
    isRead: true,
    write: async (copy) => leadTo(copy, (await standing(copy)).subarray(0, -20)),
  },
  { name: 'a manifest of 40 MB', isRead: true, write: (copy) => leadTo(copy, Buffer.alloc(40 * MB, 'x')) },
  {
    name: 'a manifest of 30 MB of JSON',
    isRead: true,
    // As much like a manifest as makes it the most work.
    write: async (copy) => {
      const { instance, keyId, mac, epoch, revision, format } = JSON.parse(unpack(await standing(copy)).toString());
      const chunks = Array(15 * MB).fill(1);
      return leadTo(copy, Buffer.from(JSON.stringify({ chunks, epoch, format, instance, keyId, mac, revision })));
    },
  },
  {
    name: 'a manifest that unpacks to 256 MB',
    isRead: true,
    write: (copy) => leadTo(copy, gzipSync(Buffer.alloc(256 * MB))),
  },
  {
    name: 'a manifest signed with another key',
    isRead: true,
    write: async (copy) => leadTo(copy, await altered(copy, { chunks: {} })),
  },
  {
    name: 'a manifest of a later format that nobody signed',
    isRead: true,
    write: async (copy) => leadTo(copy, await altered(copy, { format: SNAPSHOT_FORMATS.newestRead + 1 })),
  },
  { name: 'a head that is far ahead', write: async (copy) => leadTo(copy, await standing(copy)) },
  {
    name: 'a head with the greatest numbers there are',
    write: ({ client, keys }) => client.set(keys.head, `{"epoch":1e308,"revision":1e308,"hash":"${'f'.repeat(64)}"}`),
  },
  { name: 'a head of 30 MB of JSON', write: ({ client, keys }) => client.set(keys.head, `[${'1,'.repeat(15 * MB)}1]`) },
  { name: 'garbage for a head', write: ({ client, keys }) => client.set(keys.head, randomBytes(1000)) },
  {
    name: 'a head and a manifest of before, replayed',
    async write(copy, moveOn) {
      const [head, manifest] = [JSON.stringify(await copy.head()), await standing(copy)];
      await moveOn();
      return copy.client.multi().set(copy.keys.manifest, manifest).set(copy.keys.head, head).exec();
    },
  },
  {
    name: 'the manifest of before under a head of now',
    async write(copy, moveOn) {
      const manifest = await standing(copy);
      await moveOn();
      return leadTo(copy, manifest);
    },
  },
  {
    name: 'a change that leads to something else',
    async write(copy) {
      const { client, keys } = copy;
      const { epoch, revision, hash } = await copy.head();
      const id = String(await client.get(keys.name));
      const head = JSON.stringify({ epoch, revision: revision + AHEAD, hash: 'f'.repeat(64) });
      return client
        .multi()
        .set(redisKeys.change('causeway', id, hash), randomBytes(500))
        .set(keys.head, head)
        .exec();
    },
  },
  {
    name: 'lists for head, manifest and name',
    write: (copy) => asList(copy, [copy.keys.manifest, copy.keys.head, copy.keys.name]),
  },
  { name: 'a name that leads to another instance', write: ({ client, keys }) => client.set(keys.name, 'another') },
  {
    name: 'chunks with altered bytes under the right names',
    atStart: true,
    isRead: true,
    write: async ({ client, chunkKeys }) => {
      for (const key of await chunkKeys()) await client.set(key, pack(Buffer.from('{"kind":"instance"}')));
    },
  },
  {
    name: 'lists for chunks',
    atStart: true,
    isRead: true,
    write: async (copy) => asList(copy, await copy.chunkKeys()),
  },
  {
    name: 'garbage on the doorbell',
    write: ({ client, keys }) => client.publish(keys.doorbell, randomBytes(MB)),
  },
];

/** A head that makes everybody look at the manifest. */
async function leadTo({ client, keys, ...copy }: RedisCopy, manifest: Buffer, hash = 'f'.repeat(64)): Promise<unknown> {
  const { epoch, revision } = await copy.head();
  const head = JSON.stringify({ epoch, revision: revision + AHEAD, hash });
  return client.multi().set(keys.manifest, manifest).set(keys.head, head).exec();
}

async function standing({ client, keys }: RedisCopy): Promise<Buffer> {
  return Buffer.from((await client.get(keys.manifest)) ?? '');
}

/** The manifest that stands, changed and signed with a key of the writer's own. */
async function altered(copy: RedisCopy, change: object): Promise<Buffer> {
  const manifest = JSON.parse(unpack(await standing(copy)).toString());
  const { epoch, revision } = manifest;
  const stranger = new InstanceKeys([{ id: manifest.keyId, key: randomBytes(32) }]);
  const { keyId: _, mac: __, ...unsigned } = { ...manifest, epoch, revision: revision + AHEAD, ...change };
  return pack(canonicalBytes(stranger.sign(unsigned)));
}

/** A list where a string is expected. */
async function asList({ client }: RedisCopy, all: readonly string[]): Promise<void> {
  for (const key of all) await client.multi().del(key).rPush(key, 'not a string').exec();
}
