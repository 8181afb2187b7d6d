/** Blocks that change nothing, and what else is certain of an ipControl configuration. */
import { type Block, blockWords } from '@causeway/condition';
import type { IpControlConfig } from './ip-control.js';
import type { Doubt } from './kit/plugin.js';

interface Entry {
  readonly path: string;
  /** The empty text for items that name no app. */
  readonly app: string;
  readonly block: Block;
}

export function ipControlDoubts(config: IpControlConfig): Doubt[] {
  const entries = config.items.flatMap(({ blocks = [], appId = '' }, n) =>
    blocks.flatMap((text, m): Entry[] => {
      const block = blockWords(text);
      return block === null ? [] : [{ path: `items[${n}].blocks[${m}]`, app: appId, block }];
    }),
  );
  const behind = entries.filter(({ block }) => block.network.some((word, at) => (word & ~maskOf(block.bits - at * 32)) !== 0));
  return [
    ...contained(entries, config.type),
    ...datasetsTwice(config),
    ...behind.map(({ path, block }): Doubt => {
      return { path, code: 'host-bits', message: `bits behind the first ${block.bits} do not count` };
    }),
    ...sameForAll(config, entries),
  ];
}

/**
 * One pass over all blocks in the order of their addresses, the larger first: then those that hold a block stand before it. Who is
 * refused by an item for everybody is not refused twice by one for his app; where items let in, those of an app stand for themselves.
 */
function contained(entries: readonly Entry[], type: IpControlConfig['type']): Doubt[] {
  const doubts: Doubt[] = [];
  const around: Entry[] = [];
  for (const entry of entries.toSorted(byAddress)) {
    while (around.length > 0 && !holds(around.at(-1)!.block, entry.block)) around.pop();
    const holder = around.find(({ app }) => app === entry.app || (app === '' && type === 'REFUSE'));
    if (holder !== undefined) doubts.push({ path: entry.path, code: 'contained', message: `${holder.path} holds all of it` });
    around.push(entry);
  }
  return doubts;
}

function byAddress({ app: ownApp, block: a }: Entry, { app, block: b }: Entry): number {
  if (a.network.length !== b.network.length) return a.network.length - b.network.length;
  for (const [at, word] of a.network.entries()) {
    const difference = masked(word, a.bits, at) - masked(b.network[at]!, b.bits, at);
    if (difference !== 0) return difference;
  }
  // Of equal blocks that for everybody comes first.
  return a.bits - b.bits || Number(ownApp !== '') - Number(app !== '');
}

/** @param outer stands before `inner`: it is no smaller one in it */
function holds(outer: Block, inner: Block): boolean {
  if (outer.network.length !== inner.network.length) return false;
  return outer.network.every((word, at) => masked(word, outer.bits, at) === masked(inner.network[at]!, outer.bits, at));
}

/** As a number from 0. */
function masked(word: number, bits: number, at: number): number {
  return (word & maskOf(bits - at * 32)) >>> 0;
}

function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

function datasetsTwice({ type, items }: IpControlConfig): Doubt[] {
  const named = items.map(({ blocksDatasetId, appId = '' }, n) => ({ id: blocksDatasetId, app: appId, n }));
  return named.flatMap(({ id, app, n }) => {
    const holder = named.find(
      (other) => id !== undefined && other.id === id && (other.app === app ? other.n < n : other.app === '' && type === 'REFUSE'),
    );
    const path = `items[${n}].blocksDatasetId`;
    return holder === undefined ? [] : [{ path, code: 'contained' as const, message: `items[${holder.n}] names it, too` }];
  });
}

function sameForAll({ type, items }: IpControlConfig, entries: readonly Entry[]): Doubt[] {
  const families = new Set(
    entries.filter(({ app, block }) => app === '' && block.bits === 0).map(({ block }) => block.network.length),
  );
  if (families.size < 2) return [];
  if (type === 'REFUSE') return [{ path: 'items', code: 'refuses-everybody', message: 'every address is refused' }];
  if (items.some(({ appId }) => appId !== undefined)) return [];
  return [{ path: 'items', code: 'admits-everybody', message: 'every address is let in' }];
}
