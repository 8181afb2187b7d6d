/** Clients of the old account: each asks what it always asked, and looks at what it gets. */
import { expect } from '@jest/globals';
import { fewAtOnce } from '../few-at-once.js';
import type { Client } from '../load.js';
import { apiOf, type OldApi } from './account.js';
import type { Estate, Place } from './estate.js';
import { guardedKind, guards } from './guards.js';
import type { Sample, Seen } from './kind.js';
import { see, seeAll } from './see.js';

/** Clients that ask at a time. */
const WIDTH = 16;

/** Every sample of each of the APIs is answered as it should be. */
export async function expectServed({ nodes }: Estate, apis: readonly OldApi[], place: Place = 'default'): Promise<void> {
  const all = (await fewAtOnce(WIDTH, apis, (api, n) => seeAll(nodes[place].publicPort, api, n))).flat();
  const wanted = Object.fromEntries(all.map(({ asked, gets }) => [asked, gets]));
  expect(Object.fromEntries(all.map(({ asked, seen }) => [asked, seen]))).toMatchObject(wanted);
}

/** False of an API whose samples are right once only. */
export function isRepeatable({ kind, group }: OldApi): boolean {
  return kind !== guardedKind || guards[group.n]?.once === undefined;
}

/** Status and code of what the public domain answers. */
export async function verdictOf(estate: Estate, { group }: OldApi, sample: Omit<Sample, 'gets'>): Promise<string> {
  const { status, code } = await see(estate.nodes.default.publicPort, group.publicDomain, sample);
  return `${status} ${code ?? '-'}`;
}

/** Asks the first sample of an API, always in one place. */
export function stayer({ nodes, account }: Estate, place: Place, kind: string, group: number): Client {
  const sample = firstSample(apiOf(account.apis, kind, group));
  return async () => expect(await see(nodes[place].publicPort, sample.host, sample)).toMatchObject(sample.gets);
}

export interface Roamer {
  readonly client: Client;
  /** How often it was told that the group is not here any more. */
  moves(): number;
}

/**
 * Asks the first sample of an API where it found it last; who is sent away finds it in the other place at once.
 * @param gone statuses and codes of the answers that send it away
 */
export function roamer({ nodes, account }: Estate, kind: string, group: number, host: string, gone: readonly string[]): Roamer {
  const sample = firstSample(apiOf(account.apis, kind, group));
  let place: Place = 'default';
  let moves = 0;
  const ask = (): Promise<Seen> => see(nodes[place].publicPort, host, sample);
  return {
    async client() {
      let seen = await ask();
      if (gone.includes(`${seen.status} ${seen.code}`)) {
        moves += 1;
        place = place === 'default' ? 'second' : 'default';
        seen = await ask();
      }
      expect(seen).toMatchObject(sample.gets);
    },
    moves: () => moves,
  };
}

function firstSample(api: OldApi): Sample & { host: string } {
  const sample = api.kind.samples(api.group, api.app)[0];
  if (sample === undefined) throw new Error(`Nobody asks for ${api.kind.name}`);
  return { host: api.group.publicDomain, ...sample };
}
