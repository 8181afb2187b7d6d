/** Planes of different releases understand each other, or say which of them is too old. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Chunk } from './chunks.js';
import { Head, Manifest, NodeReport } from './manifest.js';
import { ManifestChange } from './manifest-change.js';
import { formatProblem, MANIFEST_FORMAT, SNAPSHOT_FORMATS } from './snapshot-formats.js';

const { chunks }: { chunks: Record<string, { kind: string }> } = JSON.parse(
  readFileSync(new URL('../test-data/scenario-snapshot.json', import.meta.url), 'utf8'),
);

const { chunks: none, ...fields } = {
  format: MANIFEST_FORMAT,
  instance: 'i1',
  epoch: 1,
  revision: 7,
  allowShrink: null,
  chunks: {},
  createdAt: '2026-01-01T00:00:00.000Z',
  keyId: 'k',
  mac: 'm',
};
const manifest = { ...fields, chunks: none };

function complaints(
  schema: { safeParse(value: unknown): { error?: { issues: readonly { message: string }[] } } },
  value: unknown,
) {
  return schema.safeParse(value).error?.issues.map(({ message }) => message) ?? [];
}

describe('a format', () => {
  it('that is written is read, too', () => {
    expect(formatProblem(SNAPSHOT_FORMATS.written)).toBeNull();
    expect(MANIFEST_FORMAT).toBe(SNAPSHOT_FORMATS.written);
  });

  it('out of the range is named, with the side that is too old', () => {
    const formats = { written: 3, oldestRead: 2, newestRead: 4 };
    expect([1, 2, 3, 4, 5].map((format) => formatProblem(format, formats))).toEqual([
      'the snapshot has format 1 and this data plane reads formats 2 to 4: upgrade the control plane',
      null,
      null,
      null,
      'the snapshot has format 5 and this data plane reads formats 2 to 4: upgrade the data plane',
    ]);
  });

  it('of the future is the one complaint about a manifest, whatever else is new in it', () => {
    const future = { ...manifest, format: SNAPSHOT_FORMATS.newestRead + 1, chunks: [], index: {} };
    expect(complaints(Manifest, future)).toEqual([formatProblem(SNAPSHOT_FORMATS.newestRead + 1)]);
  });

  it('of the future does not come in as what changed, either', () => {
    const change = { hash: '0'.repeat(64), manifest: fields, set: {}, removed: [] };
    expect(complaints(ManifestChange, change)).toEqual([]);
    expect(
      complaints(ManifestChange, { ...change, manifest: { ...fields, format: SNAPSHOT_FORMATS.newestRead + 1 } }),
    ).toHaveLength(1);
  });
});

describe('what a later release adds within a format', () => {
  it('is left unread in hints, and kept as it came', () => {
    const hints = { later: { any: ['thing', 1] } };
    expect(Manifest.parse({ ...manifest, hints })).toEqual({ ...manifest, hints });
    for (const chunk of Object.values(chunks)) {
      const { kind, ...rest } = chunk as Record<string, unknown>;
      const field = kind === 'apis' || kind === 'apps' ? kind : null;
      const items = field === null ? [] : (rest[field] as object[]);
      const hinted = field === null ? { ...chunk, hints } : { ...chunk, [field]: items.map((item) => ({ ...item, hints })) };
      expect(Chunk.parse(hinted)).toEqual(hinted);
    }
  });

  it('is refused everywhere else, as it may forbid something', () => {
    expect(complaints(Manifest, { ...manifest, later: 1 })).toEqual(['Unrecognized key: "later"']);
    for (const chunk of Object.values(chunks)) expect(complaints(Chunk, { ...chunk, later: 1 })).toHaveLength(1);
  });

  it('as a type of plugin is left to the engine, which quarantines what it is bound to', () => {
    const [plugin] = Object.values(chunks).filter(({ kind }) => kind === 'plugin');
    expect(complaints(Chunk, { ...plugin, type: 'ofALaterRelease' })).toEqual([]);
    expect(complaints(Chunk, { ...plugin, type: 'no type' })).toHaveLength(1);
  });

  it('is left unread in what data planes report, and in the head that is never believed by itself', () => {
    const report = { node: 'n', instance: 'i', epoch: 1, revision: 1, state: 'applied', rejected: null, errors: [] };
    const whole = { ...report, source: 'http', appliedAt: '2026-01-01T00:00:00.000Z' };
    expect(NodeReport.parse({ ...whole, later: 1, errors: [{ resource: 'r', message: 'm', later: 1 }] })).toEqual({
      ...whole,
      errors: [{ resource: 'r', message: 'm' }],
    });
    const head = { epoch: 1, revision: 1, hash: '0'.repeat(64) };
    expect(Head.parse({ ...head, later: 1 })).toEqual(head);
  });
});
