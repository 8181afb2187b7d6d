/** The copy of the newest snapshot in a Redis: held against what is published, and within reach of somebody who has no key. */
import { type Head, redisKeys } from '@causeway/contract';
import { manifestHash, unpack, verifyChunk } from '@causeway/snapshot';
import { createClient, RESP_TYPES } from '@redis/client';
import type { Management } from '../../harness/management.js';

const PREFIX = 'causeway';
const INSTANCE_NAME = 'default';

/** No manifest of a story is larger; what somebody put there may be, and looking into it would hold up the story's own clients. Bytes. */
const LARGEST = 1_000_000;

export interface RedisCopy {
  readonly client: ReturnType<typeof connect>;
  readonly keys: { readonly head: string; readonly manifest: string; readonly name: string; readonly doorbell: string };
  chunkKeys(): Promise<string[]>;
  head(): Promise<Head>;
  /** What is not as published, in words; empty when the copy is whole. */
  complaints(): Promise<string[]>;
  close(): Promise<void>;
}

function connect(url: string) {
  return createClient({ url }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}

/** @param nodeToken of the deployment, to ask for what is published */
export async function openRedisCopy(url: string, management: Management, nodeToken: string): Promise<RedisCopy> {
  const client = connect(url);
  client.on('error', () => {});
  await client.connect();
  const id = await management.instanceId(INSTANCE_NAME);
  const keys = {
    head: redisKeys.head(PREFIX, id),
    manifest: redisKeys.manifest(PREFIX, id),
    name: redisKeys.instanceName(PREFIX, INSTANCE_NAME),
    doorbell: redisKeys.doorbell(PREFIX, id),
  };
  const published = async () => {
    const answer = await fetch(`${management.url}/internal/v1/instances/${id}/manifest`, {
      headers: { authorization: `Bearer ${nodeToken}` },
    });
    if (!answer.ok) throw new Error(`the control plane answers ${answer.status} ${await answer.text()}`);
    return JSON.parse(await answer.text());
  };
  const text = async (key: string): Promise<Buffer | null> =>
    (await client.type(key)) === 'string' ? client.get(key).then((value) => value && Buffer.from(value)) : null;
  return {
    client,
    keys,
    chunkKeys: async () => (await client.keys(`${PREFIX}:chunk:*`)).map(String),
    head: async () => JSON.parse(String(await text(keys.head))),
    async complaints() {
      const wanted = await published();
      const { epoch, revision, chunks } = wanted;
      const found: string[] = [];
      const check = async (what: string, key: string, isRight: (value: Buffer) => boolean) => {
        const value = await text(key);
        if (value === null || !isRight(value)) found.push(what);
      };
      const head = JSON.stringify({ epoch, revision, hash: manifestHash(wanted) });
      await check('head', keys.head, (value) => value.toString() === head);
      await check(
        'manifest',
        keys.manifest,
        (value) =>
          value.length <= LARGEST && holds(() => manifestHash(JSON.parse(unpack(value).toString())) === manifestHash(wanted)),
      );
      await check('name', keys.name, (value) => value.toString() === id);
      for (const hash of Object.values<string>(chunks))
        await check(`chunk ${hash}`, redisKeys.chunk(PREFIX, hash), (value) => holds(() => verifyChunk(hash, value).length > 0));
      return found;
    },
    close: async () => client.destroy(),
  };
}

/** What throws does not hold. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
