import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chunk } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import { hostOf, manyApis, pathOf } from './many-apis.js';
import { writeRequestsToAll } from './requests.js';

describe('a store of many APIs', () => {
  const chunks = manyApis(230, 9000);

  it('is made of chunks as the control plane writes them, a hundred APIs to a group', () => {
    for (const chunk of Object.values(chunks)) expect(Chunk.parse(chunk)).toEqual(chunk);
    const counts = Object.entries(chunks).map(([key, chunk]) => [
      key.replace(/0{20,}/, ''),
      chunk.kind === 'apis' ? chunk.apis.length : chunk.kind,
    ]);
    expect(counts.slice(0, 3)).toEqual([
      ['group:', 'group'],
      ['apis::0', 64],
      ['apis::1', 36],
    ]);
    expect(counts.filter(([, content]) => content === 'group')).toHaveLength(3);
    expect(counts.reduce((sum, [, content]) => sum + (typeof content === 'number' ? content : 0), 0)).toBe(230);
  });

  it('is asked for each of its APIs, by requests of one length', () => {
    const folder = mkdtempSync(join(tmpdir(), 'causeway-requests-'));
    const length = writeRequestsToAll(join(folder, 'requests'), 100_000);
    const text = readFileSync(join(folder, 'requests'), 'latin1');
    rmSync(folder, { recursive: true });
    const requests = text.match(/GET .*\r\nHost: .*\r\n\r\n/g) ?? [];
    expect(requests.every((request) => request.length === length)).toBe(true);
    expect(new Set(requests).size).toBe(100_000);
    expect(text.slice(0, length)).toBe(`GET ${pathOf(0)} HTTP/1.1\r\nHost: ${hostOf(0)}\r\n\r\n`);
  });
});
