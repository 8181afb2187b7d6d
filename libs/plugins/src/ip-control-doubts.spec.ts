/** What is said of an ipControl configuration is so for every address. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPlugin } from './check.js';
import { ipControl } from './ip-control.js';
import { doubtsOf } from './testing/doubts-of.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';

interface Item {
  readonly blocks?: string[];
  readonly blocksDatasetId?: string;
  readonly appId?: string;
}

const doubts = (type: string, ...items: Item[]) => doubtsOf('ipControl', { type, items });
const of = (...blocks: string[]): Item => ({ blocks });
const ofApp = (appId: string, ...blocks: string[]): Item => ({ appId, blocks });
const dataset = (blocksDatasetId: string, appId?: string): Item => ({ blocksDatasetId, ...(appId && { appId }) });

describe('blocks', () => {
  it.each<[string, string, Item[], string[]]>([
    ['apart', 'ALLOW', [of('10.0.0.0/8', '11.0.0.0/8', '2001:db8::/32'), of('192.0.2.7')], []],
    [
      'in an earlier one',
      'ALLOW',
      [of('10.0.0.0/8'), of('10.1.0.0/16', '10.2.3.4')],
      ['items[1].blocks[0]', 'items[1].blocks[1]'],
    ],
    ['in a later one', 'REFUSE', [of('10.2.3.4'), of('10.0.0.0/8')], ['items[0].blocks[0]']],
    ['twice', 'ALLOW', [of('192.0.2.7', '192.0.2.8', '192.0.2.7/32')], ['items[0].blocks[2]']],
    ['mapped into IPv6', 'ALLOW', [of('10.0.0.0/8', '::ffff:10.0.0.1')], ['items[0].blocks[1]']],
    ['of all IPv4 addresses, and IPv6', 'ALLOW', [of('0.0.0.0/0', '2001:db8::1', '::fffe:0:0/95')], []],
    ['of IPv6 in each other', 'ALLOW', [of('2001:db8:1::/48', '2001:db8::/32')], ['items[0].blocks[0]']],
    ['with the high bit', 'ALLOW', [of('128.0.0.0/1', '200.0.0.0/8', '100.0.0.0/8')], ['items[0].blocks[1]']],
    // An app that has a list of its own is asked for that list only.
    ['let in for one app', 'ALLOW', [of('10.0.0.0/8'), ofApp('7', '10.1.0.0/16')], []],
    ['let in for two apps', 'ALLOW', [ofApp('7', '10.0.0.0/8'), ofApp('8', '10.1.0.0/16')], []],
    ['let in for one app twice', 'ALLOW', [ofApp('7', '10.0.0.0/8'), ofApp('7', '10.1.0.0/16')], ['items[1].blocks[0]']],
    ['refused for one app, and for all', 'REFUSE', [ofApp('7', '10.0.0.0/8'), of('10.0.0.0/8')], ['items[0].blocks[0]']],
    ['refused for all, more for one app', 'REFUSE', [of('10.1.0.0/16'), ofApp('7', '10.0.0.0/8')], []],
    ['datasets', 'ALLOW', [dataset('a'), dataset('b'), dataset('a'), dataset('a', '7')], ['items[2].blocksDatasetId']],
    ['datasets that refuse', 'REFUSE', [dataset('a', '7'), dataset('a')], ['items[0].blocksDatasetId']],
  ])('%s, %s', (_, type, items, expected) => {
    expect(doubts(type, ...items).sort()).toEqual(expected.map((path) => `contained ${path}`));
  });

  it('with bits behind the prefix', () => {
    expect(doubts('ALLOW', of('10.0.0.0/8', '10.1.2.3', '192.0.2.1/24', '2001:db8::1/32', '2002::/16'))).toEqual(
      ['contained items[0].blocks[1]', 'host-bits items[0].blocks[2]', 'host-bits items[0].blocks[3]'].sort(),
    );
  });

  it('of every address', () => {
    expect(doubts('ALLOW', of('0.0.0.0/0', '::/0'))).toEqual(['admits-everybody items']);
    expect(doubts('REFUSE', of('0.0.0.0/0'), of('::/0'))).toEqual(['refuses-everybody items']);
    expect(doubts('ALLOW', of('0.0.0.0/0', '::/0'), ofApp('7', '10.0.0.0/8'))).toEqual([]);
    expect(doubts('REFUSE', of('0.0.0.0/0'))).toEqual([]);
  });

  it('that another one holds can be left out, and nothing changes', () => {
    const block = fc.constantFrom(
      '10.0.0.0/8',
      '10.128.0.0/9',
      '10.0.0.0/9',
      '10.200.1.1',
      '200.0.0.0/7',
      '201.1.0.0/16',
      '0.0.0.0/0',
      '::/0',
      '2001:db8::/32',
      '2001:db8::1',
      '::ffff:10.0.0.0/104',
      '::ffff:0:0/95',
      '8000::/1',
    );
    const items = fc.array(
      fc.record({ blocks: fc.array(block, { minLength: 1, maxLength: 3 }), appId: fc.constantFrom('7', '8', undefined) }),
      { minLength: 1, maxLength: 4 },
    );
    const address = fc.constantFrom(
      '10.200.1.1',
      '10.1.1.1',
      '201.1.0.1',
      '200.2.2.2',
      '1.1.1.1',
      '2001:db8::1',
      '9000::',
      '::1',
    );
    const gate = (config: object) => {
      const steps = ipControl.compile(checkPlugin('ipControl', config).config as never, compileContext());
      return (clientIp: string, appId: string | undefined) => {
        const x = Object.assign(makeExchange('/'), { clientIp });
        if (appId !== undefined) x.caller = { appId, appName: 'app', accountId: 'acc', key: 'K', extend: '' };
        return steps.caller!(x) === undefined;
      };
    };
    fc.assert(
      fc.property(
        fc.constantFrom('ALLOW', 'REFUSE'),
        items,
        address,
        fc.constantFrom('7', undefined),
        (type, made, from, app) => {
          const real = gate({ type, items: made })(from, app);
          for (const doubt of doubts(type, ...(made as Item[]))) {
            const [code = '', path = ''] = doubt.split(' ');
            if (code === 'admits-everybody') expect(real).toBe(true);
            if (code === 'refuses-everybody') expect(real).toBe(false);
            if (code !== 'contained') continue;
            const [n, m] = (path.match(/\d+/g) ?? []).map(Number);
            const left = made
              .map((item, at) => (at === n ? { ...item, blocks: item.blocks.filter((_, each) => each !== m) } : item))
              .filter(({ blocks }) => blocks.length > 0);
            expect(gate({ type, items: left })(from, app)).toBe(real);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('are compared in time, as many as a configuration can hold', () => {
    const blocks = Array.from({ length: 5000 }, (_, n) => `${(n % 8).toString(16)}::/${n % 129}`);
    const apps = Array.from({ length: 1000 }, (_, n) => ofApp(String(n + 1), '::/0'));
    const started = performance.now();
    doubtsOf('ipControl', { type: 'REFUSE', items: [of(...blocks)] });
    doubtsOf('ipControl', { type: 'REFUSE', items: apps });
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
