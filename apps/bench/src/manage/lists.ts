/** What a page of 50 of a long list takes, against a bare SELECT of the same rows. */
import type pg from 'pg';
import { call, type Management } from '../causeway/rest.js';
import { atMost, type Verdict } from '../verdicts.js';
import { percentile, timed } from './percentile.js';

const PAGE = 50;
const MOST_OF_SELECT = 5;
/** What the list of apps shows of each besides its own row. */
const CREDENTIALS = 'LEFT JOIN app_keys k ON k.app_id = page.id LEFT JOIN app_codes c ON c.app_id = page.id';

export interface List {
  name: string;
  path: string;
  /** Rows of a page; $1 is what the list is of, $2 the key before it. */
  sql: string;
  of: string;
  /** Keys from which pages begin, and how the list's cursor is made of one. */
  keys: readonly string[];
}

export interface ListTimes {
  listMs: number[];
  selectMs: number[];
}

/** Long lists of an account, with cursors spread over all of each. */
export async function longLists(client: pg.Client, accountId: string, groupId: string): Promise<List[]> {
  const keysOf = async (from: string, of: string): Promise<string[]> => {
    const { rows } = await client.query(
      `SELECT id::text FROM (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS total FROM ${from} = $1) k
       WHERE n % greatest(total / 40, 1) = 0 AND n < total - ${PAGE}`,
      [of],
    );
    return rows.map(({ id }: { id: string }) => id);
  };
  const list = async (name: string, path: string, from: string, of: string, beside = ''): Promise<List> => ({
    name,
    path,
    of,
    sql: `SELECT * FROM (SELECT * FROM ${from} = $1 AND id > $2 ORDER BY id LIMIT ${PAGE + 1}) page ${beside}`,
    keys: await keysOf(from, of),
  });
  return [
    await list('APIs of a group', `/groups/${groupId}/apis`, 'apis WHERE group_id', groupId),
    await list('apps', '/apps', 'apps WHERE account_id', accountId, CREDENTIALS),
    await list('grants', '/grants', 'grants WHERE account_id', accountId),
  ];
}

/** One after the other, so that the machine does the same to both sides. */
export async function measureLists(
  client: pg.Client,
  management: Management,
  lists: readonly List[],
  rounds: number,
): Promise<Map<string, ListTimes>> {
  const all = new Map<string, ListTimes>();
  for (const { name, path, sql, of, keys } of lists) {
    const times: ListTimes = { listMs: [], selectMs: [] };
    for (let round = -2; round < rounds; round++) {
      for (const key of keys) {
        const cursor = Buffer.from(key).toString('base64url');
        const list = await timed(() => call<{ items: object[] }>(management, 'GET', `${path}?limit=${PAGE}&cursor=${cursor}`));
        const select = await timed(() => client.query(sql, [of, key]));
        if (list.result.items.length !== PAGE) throw new Error(`${name}: ${list.result.items.length} on a page`);
        if (round < 0) continue;
        times.listMs.push(list.ms);
        times.selectMs.push(select.ms);
      }
    }
    all.set(name, times);
  }
  return all;
}

export function listLines(times: ReadonlyMap<string, ListTimes>): string[] {
  return [...times].map(([name, { listMs, selectMs }]) => {
    const text = (ms: readonly number[]) => `${percentile(ms, 0.5).toFixed(1)} ms (p95 ${percentile(ms, 0.95).toFixed(1)})`;
    return `  ${PAGE} of a long list, ${name}: ${text(listMs)}; bare SELECT ${text(selectMs)}`;
  });
}

export function listVerdicts(times: ReadonlyMap<string, ListTimes>): Verdict[] {
  return [...times].map(([name, { listMs, selectMs }]) =>
    atMost(
      `${PAGE} of a long list, ${name}: p95 over that of a bare SELECT`,
      percentile(listMs, 0.95) / percentile(selectMs, 0.95),
      MOST_OF_SELECT,
    ),
  );
}
