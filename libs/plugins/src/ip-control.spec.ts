/** Who may come, by address (plugins, section 5.2), rule by rule. */
import { describe, expect, it } from '@jest/globals';
import { checkPlugin } from './check.js';
import { ipControl } from './ip-control.js';
import type { Answer } from './kit/answer.js';
import type { Dataset } from './kit/dataset.js';
import { compileContext, makeExchange, NOW_MS } from './testing/make-exchange.js';

const DATASET = 'd'.repeat(32);

/** Says for each address, with an app or without, whether it may come. */
function gate(config: object, datasets: Dataset[] = []) {
  const checked = checkPlugin('ipControl', config);
  if (checked.config === null) throw new Error(JSON.stringify(checked.problems));
  const dataset = (id: string, type: string) => datasets.find((each) => each.id === id && each.type === type) ?? null;
  const steps = ipControl.compile(checked.config as never, compileContext({ dataset }));
  return (address: string, { appId, forwarded }: { appId?: string; forwarded?: string } = {}) => {
    const x = makeExchange('/', { headers: forwarded === undefined ? [] : ['X-Forwarded-For', forwarded] });
    x.clientIp = address;
    if (appId !== undefined) x.caller = { appId, appName: 'app', accountId: 'acc', key: 'K', extend: '' };
    return (steps.caller!(x) as Answer | undefined)?.errorCode ?? 'passes';
  };
}

function datasetOf(items: Record<string, number | null>): Dataset {
  const listed = Object.entries(items).map(([value, expiresAtMs]) => [value, { value, expiresAtMs }] as const);
  return { id: DATASET, type: 'IP_WHITELIST_CIDR', items: new Map(listed) };
}

describe('ALLOW', () => {
  it('lets in those who are listed, of both families, mapped addresses too', () => {
    const ask = gate({ type: 'ALLOW', items: [{ blocks: ['10.0.0.0/8', '2001:db8::/32'] }, { blocks: ['192.0.2.7'] }] });
    const asked = ['10.9.9.9', '2001:db8::1', '192.0.2.7', '::ffff:10.0.0.1', '192.0.2.8', '2001:db9::1'];
    expect(asked.map((address) => ask(address))).toEqual([...Array(4).fill('passes'), 'A403IP', 'A403IP']);
  });

  it('asks an app that is named for its own addresses only, and anybody else for those of everybody', () => {
    const ask = gate({ type: 'ALLOW', items: [{ blocks: ['10.0.0.0/8'] }, { appId: 7, blocks: ['192.0.2.0/24'] }] });
    expect(ask('192.0.2.1', { appId: '7' })).toBe('passes');
    expect(ask('10.0.0.1', { appId: '7' })).toBe('A403IP');
    expect(ask('10.0.0.1', { appId: '8' })).toBe('passes');
    expect(ask('192.0.2.1', { appId: '8' })).toBe('A403IP');
    expect(ask('10.0.0.1')).toBe('passes');
  });

  it('lets in whom no item is about', () => {
    const ask = gate({ type: 'ALLOW', items: [{ appId: '7', blocks: ['192.0.2.0/24'] }] });
    expect([ask('1.2.3.4'), ask('1.2.3.4', { appId: '8' }), ask('1.2.3.4', { appId: '7' })]).toEqual([
      'passes',
      'passes',
      'A403IP',
    ]);
  });
});

describe('REFUSE', () => {
  it('keeps out those who are listed for everybody or for their app', () => {
    const ask = gate({ type: 'REFUSE', items: [{ blocks: ['10.0.0.0/8'] }, { appId: 7, blocks: ['192.0.2.0/24'] }] });
    expect(ask('10.0.0.1')).toBe('A403IP');
    expect(ask('10.0.0.1', { appId: '7' })).toBe('A403IP');
    expect(ask('192.0.2.1', { appId: '7' })).toBe('A403IP');
    expect(ask('192.0.2.1', { appId: '8' })).toBe('passes');
    expect(ask('192.0.2.1')).toBe('passes');
  });
});

describe('the address that is tested', () => {
  const items = [{ blocks: ['10.0.0.0/8'] }];

  it('is one of X-Forwarded-For where the configuration says so, the client’s own nowhere else', () => {
    const first = gate({ type: 'ALLOW', resource: 'XFF:0', items });
    const last = gate({ type: 'ALLOW', resource: ' xff:-1 ', items });
    const direct = gate({ type: 'ALLOW', items });
    const forwarded = '10.0.0.1, 192.0.2.1';
    expect([first, last, direct].map((ask) => ask('192.0.2.9', { forwarded }))).toEqual(['passes', 'A403IP', 'A403IP']);
    expect([first, last, direct].map((ask) => ask('10.0.0.2', { forwarded: '192.0.2.1' }))).toEqual([
      'A403IP',
      'A403IP',
      'passes',
    ]);
  });

  it.each(['ALLOW', 'REFUSE'])('is refused when there is none: %s', (type) => {
    const ask = gate({ type, resource: 'XFF:1', items: [{ appId: '7', blocks: ['10.0.0.0/8'] }] });
    expect(ask('1.2.3.4')).toBe('A403IP');
    expect(ask('1.2.3.4', { forwarded: '1.1.1.1' })).toBe('A403IP');
    expect(ask('1.2.3.4', { forwarded: '1.1.1.1, unknown' })).toBe('A403IP');
    expect(ask('1.2.3.4', { forwarded: '1.1.1.1, 1.1.1.1' })).toBe('passes');
  });
});

describe('a dataset', () => {
  const config = { type: 'ALLOW', items: [{ blocksDatasetId: DATASET }, { blocks: ['192.0.2.7'] }] };

  it('stands for its blocks, without those whose time is over', () => {
    const ask = gate(config, [datasetOf({ '10.0.0.0/8': null, '172.16.0.1': NOW_MS + 1, '172.16.0.2': NOW_MS })]);
    const asked = ['10.0.0.1', '192.0.2.7', '172.16.0.1', '172.16.0.2', '1.1.1.1'];
    expect(asked.map((address) => ask(address))).toEqual(['passes', 'passes', 'passes', 'A403IP', 'A403IP']);
  });

  it('that is empty lets nobody in', () => {
    const ask = gate({ type: 'ALLOW', items: [{ blocksDatasetId: DATASET }] }, [datasetOf({})]);
    expect(ask('10.0.0.1')).toBe('A403IP');
  });

  it('that is not there makes the plugin unusable', () => {
    expect(() => gate(config)).toThrow(`dataset ${DATASET} of type IP_WHITELIST_CIDR is not there`);
    expect(() => gate(config, [{ ...datasetOf({}), type: 'JWT_BLOCKING' }])).toThrow('is not there');
  });

  it('is named to whoever keeps it', () => {
    const { config: read } = checkPlugin('ipControl', config);
    expect(ipControl.datasetsOf!(read as never)).toEqual([
      { path: 'items[0].blocksDatasetId', id: DATASET, type: 'IP_WHITELIST_CIDR' },
    ]);
  });
});

describe('a configuration', () => {
  it.each<[object, string[]]>([
    [{}, ['type', 'items']],
    [{ type: 'allow', items: [] }, ['type', 'items']],
    [{ type: 'ALLOW', items: [{}] }, ['items[0]']],
    [{ type: 'ALLOW', items: [{ blocks: ['1.2.3.4'], blocksDatasetId: DATASET }] }, ['items[0]']],
    [{ type: 'ALLOW', items: [{ blocks: ['1.2.3.4', '1.2.3', '::/129'] }] }, ['items[0].blocks[1]', 'items[0].blocks[2]']],
    [{ type: 'ALLOW', items: [{ blocks: ['1.2.3.4'], appId: '0' }] }, ['items[0].appId']],
    [{ type: 'ALLOW', resource: 'XFF', items: [{ blocks: ['1.2.3.4'] }] }, ['resource']],
    [{ type: 'ALLOW', items: [{ blocks: ['1.2.3.4'], app: 1 }], extra: 1 }, ['items[0].app', 'extra']],
  ])('is refused with every complaint: %j', (config, paths) => {
    expect(checkPlugin('ipControl', config).problems.map(({ path }) => path)).toEqual(paths);
  });
});
