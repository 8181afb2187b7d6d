/** Datasets are in force without their plugins being touched (plugins, section 4). */
import type { Chunk, DatasetChunk } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import { locate } from './locate.js';
import type { Program } from './program.js';
import { makeExchange } from './testing/make-exchange.js';
import { apisChunk, groupChunk, makeProgram, PUBLIC_HOST, pluginChunk } from './testing/make-program.js';

const PLUGIN = 'e'.repeat(32);
const DATASET = 'd'.repeat(32);
const item = (value: string, expiresAt: string | null = null) => ({ id: 'f'.repeat(32), value, expiresAt });

function dataset(type: DatasetChunk['type'], ...items: DatasetChunk['items']): Chunk {
  return { kind: 'dataset', id: DATASET, type, items };
}

const gate = pluginChunk(PLUGIN, 'ipControl', { type: 'ALLOW', items: [{ blocksDatasetId: DATASET }] });
const users = pluginChunk(PLUGIN, 'basicAuth', { usersDatasetId: DATASET });
const base: Chunk[] = [groupChunk(), apisChunk([{ path: '/a', plugins: [PLUGIN] }])];

async function ask(program: Program, headers: string[] = []): Promise<string> {
  const x = makeExchange('/a', { host: PUBLIC_HOST, headers });
  const early = locate(x, program, 5);
  if (early !== undefined) return String(early.errorCode);
  for (const step of x.route!.steps) {
    const made = await step(x);
    if (made !== undefined) return String(made.errorCode);
  }
  return 'passes';
}

const groupOf = (program: Program) => program.publicHosts.find(PUBLIC_HOST)?.all[0]?.group;

describe('a dataset', () => {
  it('is what its plugins look into, and an edit compiles their groups anew, and no others', async () => {
    const { clientIp } = makeExchange('/a', { host: PUBLIC_HOST });
    const before = await makeProgram([...base, gate, dataset('IP_WHITELIST_CIDR', item('198.51.100.1'))]);
    expect(await ask(before)).toBe('A403IP');
    const after = await makeProgram([...base, gate, dataset('IP_WHITELIST_CIDR', item(clientIp))], before);
    expect(await ask(after)).toBe('passes');
    expect(groupOf(after)).not.toBe(groupOf(before));
    const unnamed: Chunk = { kind: 'dataset', id: 'c'.repeat(32), type: 'PARAMETER_ACCESS', items: [] };
    const third = await makeProgram([...base, gate, dataset('IP_WHITELIST_CIDR', item(clientIp)), unnamed], after);
    expect(groupOf(third)).toBe(groupOf(after));
  });

  it('that is missing, or of another type, closes its APIs', async () => {
    for (const chunks of [[gate], [gate, dataset('JWT_BLOCKING', item('x'))]]) {
      const program = await makeProgram([...base, ...chunks]);
      expect(await ask(program)).toBe('X400PM');
      expect(program.quarantine).toMatchObject([{ resource: `plugin:${PLUGIN}` }]);
    }
  });

  it('of secrets is opened; one that cannot be is set aside, and its APIs are closed', async () => {
    const authorization = ['Authorization', `Basic ${Buffer.from('alice:secret').toString('base64')}`];
    const program = await makeProgram([...base, users, dataset('BASIC_AUTH_ACCESS', item('v1.alice:secret'))]);
    expect([await ask(program, authorization), await ask(program)]).toEqual(['passes', 'A401BA']);
    const closed = await makeProgram([...base, users, dataset('BASIC_AUTH_ACCESS', item('v1.closed'))]);
    expect(await ask(closed, authorization)).toBe('X400PM');
    expect(closed.quarantine.map(({ resource }) => resource).sort()).toEqual([`dataset:${DATASET}`, `plugin:${PLUGIN}`]);
  });

  it('ends each item at its time', async () => {
    const over = item('v1.alice:secret', '2000-01-01T00:00:00Z');
    const authorization = ['Authorization', `Basic ${Buffer.from('alice:secret').toString('base64')}`];
    expect(await ask(await makeProgram([...base, users, dataset('BASIC_AUTH_ACCESS', over)]), authorization)).toBe('A401BA');
  });
});
