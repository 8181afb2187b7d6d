/** Snapshots that were written when their format was fixed are read today, and forever while their format is. */
import { readdirSync, readFileSync } from 'node:fs';
import { Chunk, SNAPSHOT_FORMATS } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import { decodeChunk, encodeChunk } from './chunk-codec.js';
import { InstanceKeys } from './instance-keys.js';
import { parseKeyring } from './keyring.js';
import { decodeManifest, manifestHash } from './manifest-codec.js';

const GOLDEN = new URL('../testing/golden/', import.meta.url);
const { oldestRead, newestRead } = SNAPSHOT_FORMATS;
const formats = Array.from({ length: newestRead - oldestRead + 1 }, (_, n) => oldestRead + n);

it('there is a golden snapshot of each format that is read, and of no other', () => {
  expect(readdirSync(GOLDEN).sort()).toEqual(formats.map((format) => `format-${format}`).sort());
});

describe.each(formats)('the golden snapshot of format %d', (format) => {
  const folder = new URL(`format-${format}/`, GOLDEN);
  const keys = new InstanceKeys(parseKeyring(readFileSync(new URL('instance-key', folder), 'utf8').trim()));
  const files = readdirSync(new URL('snapshot/', folder));
  const read = (name: string) => readFileSync(new URL(`snapshot/${name}`, folder));
  const manifest = decodeManifest(() => keys, 'golden', read(files.find((name) => name.startsWith('manifest-')) ?? ''));

  it('is signed, and names each of its chunks', () => {
    expect(manifest.format).toBe(format);
    const { chunks } = manifest;
    expect(new Set(files.filter((name) => !name.startsWith('manifest-')))).toEqual(new Set(Object.values(chunks)));
    expect(files).toContain(`manifest-${'1'.padStart(16, '0')}-${'42'.padStart(16, '0')}.json`);
    expect(manifestHash(manifest)).toBe(
      manifestHash(JSON.parse(read(files.find((name) => name.startsWith('m')) ?? '').toString())),
    );
  });

  it.each(Object.entries(manifest.chunks))('has the chunk %s, which is written again as it was read', (key, hash) => {
    const chunk = decodeChunk(hash, read(hash));
    expect(key.split(':')[0]).toBe(chunk.kind);
    expect(encodeChunk(chunk).hash).toBe(hash);
  });

  it('has chunks of all kinds', () => {
    const kinds = Chunk.options.map((each) => each.shape.kind.value);
    expect(new Set(Object.keys(manifest.chunks).map((key) => key.split(':')[0]))).toEqual(new Set(kinds));
  });

  it('holds secrets that its key opens, and none in the clear', () => {
    const secrets = Object.values(manifest.chunks).flatMap((hash) => {
      const chunk = decodeChunk(hash, read(hash));
      if (chunk.kind !== 'apps') return [];
      return chunk.apps.flatMap(({ id, keys: pairs, appCodes }) => [
        ...pairs.map(({ key, secret }) => keys.open(`app/${key}/secret`, secret)),
        ...appCodes.map((code) => keys.open(`app/${id}/code/${code.id}`, code.code)),
      ]);
    });
    expect(secrets.sort()).toEqual(['GOLDENSECRET', 'OTHERSECRET', 'SECONDSECRET', 'goldencode']);
    for (const name of files) for (const secret of secrets) expect(read(name).toString()).not.toContain(secret);
  });
});
