/** Seals the texts of one column anew with the first master key, batch by batch, beside whatever else is written. */
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import type { SealedColumn } from './sealed-columns.js';

/** Rows in one transaction: it holds their locks, so it is short. A configuration has up to 50 KB. */
const ROWS_AT_ONCE = 100;
const COLLISIONS = new Set(['40001', '40P01']);
const ATTEMPTS = 10;

export interface Sealer {
  /** The id of the key that seals. */
  readonly keyId: string;
  seal(path: string, plaintext: string): string;
  /** Throws where the key is not at hand. */
  open(path: string, sealed: string): string;
}

/** How many texts there are, by the id of the key that sealed them. */
export type CountByKey = ReadonlyMap<string, number>;

interface Found {
  /** Values of the primary key. */
  readonly key: readonly string[];
  readonly boundTo: readonly string[];
  readonly sealed: string;
}

interface Resealed extends Found {
  readonly fresh: string;
}

/**
 * Texts that do not open stay as they are. May end between any two batches and begin again: what is done is not done twice.
 * @param progress is told after each batch how many texts it sealed; false ends the walk
 */
export async function resealColumn(
  dataSource: DataSource,
  sealer: Sealer,
  column: SealedColumn,
  progress: (count: number) => boolean,
): Promise<void> {
  let after: readonly string[] | null = null;
  for (;;) {
    const found: Found[] = await findOthers(dataSource, sealer.keyId, column, after);
    const last = found.at(-1);
    if (last === undefined) return;
    after = last.key;
    const batch = found.flatMap((each) => reseal(sealer, column, each));
    const count =
      batch.length === 0 ? 0 : await untilDone(() => dataSource.transaction((manager) => store(manager, column, batch)));
    if (!progress(count)) return;
  }
}

export async function countByKey(dataSource: DataSource, { table, column, where = 'true' }: SealedColumn): Promise<CountByKey> {
  const rows: { key_id: string; count: string }[] = await dataSource.query(
    `SELECT split_part(t.${column}, '.', 2) AS key_id, count(*) FROM ${table} t WHERE t.${column} IS NOT NULL AND ${where}
     GROUP BY key_id ORDER BY key_id`,
  );
  return new Map(rows.map(({ key_id, count }) => [key_id, Number(count)]));
}

/** The next texts under another key, in the order of the primary key. */
async function findOthers(
  dataSource: DataSource,
  keyId: string,
  { table, column, key, boundTo, where = 'true' }: SealedColumn,
  after: readonly string[] | null,
): Promise<Found[]> {
  const names = Object.keys(key);
  const place = names.map((name) => `t.${name}`).join(', ');
  const values = Object.values(key).map((type, index) => `$${index + 2}::${type}`);
  const texts = (columns: readonly string[]) => `ARRAY[${columns.map((name) => `t.${name}::text`).join(', ')}]`;
  return dataSource.query(
    `SELECT ${texts(names)} AS key, ${texts(boundTo ?? names)} AS "boundTo", t.${column} AS sealed FROM ${table} t
     WHERE t.${column} IS NOT NULL AND NOT starts_with(t.${column}, $1) AND ${where}
       AND ${after === null ? 'true' : `(${place}) > (${values.join(', ')})`}
     ORDER BY ${place} LIMIT ${ROWS_AT_ONCE}`,
    [`v1.${keyId}.`, ...(after ?? [])],
  );
}

function reseal(sealer: Sealer, column: SealedColumn, found: Found): Resealed[] {
  const path = column.path(...found.boundTo);
  let text: string;
  try {
    text = sealer.open(path, found.sealed);
  } catch {
    // Counted at the end.
    return [];
  }
  return [{ ...found, fresh: sealer.seal(path, text) }];
}

/** Only where the old text still stands: what a write has put there since is newer, and sealed with that write's key. */
async function store(manager: EntityManager, column: SealedColumn, batch: readonly Resealed[]): Promise<number> {
  const { table, column: name, key } = column;
  const standing = `t.${name} = n.sealed AND ${Object.entries(key)
    .map(([part, type], index) => `t.${part} = n.k${index}::${type}`)
    .join(' AND ')}`;
  const rows = `unnest(${[...batch[0]!.key, '', ''].map((_, index) => `$${index + 1}::text[]`).join(', ')})
    AS n(sealed, fresh${batch[0]!.key.map((_, index) => `, k${index}`).join('')})`;
  const values = [
    batch.map(({ sealed }) => sealed),
    batch.map(({ fresh }) => fresh),
    ...batch[0]!.key.map((_, index) => batch.map((each) => each.key[index])),
  ];
  if (column.isNoted) await carryNotes(manager, { table, name, standing, rows, values });
  const [, count]: [unknown, number] = await manager.query(
    `UPDATE ${table} t SET ${name} = n.fresh FROM ${rows} WHERE ${standing}`,
    values,
  );
  return count;
}

interface Standing {
  readonly table: string;
  readonly name: string;
  readonly standing: string;
  readonly rows: string;
  readonly values: unknown[];
}

/** The rows are held first, as by every write, then what is noted of them: a text unlike its note would be noted as an edit. */
async function carryNotes(manager: EntityManager, { table, name, standing, rows, values }: Standing): Promise<void> {
  const held: { id: string; sealed: string; fresh: string }[] = await manager.query(
    `SELECT t.id, t.${name} AS sealed, n.fresh FROM ${table} t JOIN ${rows} ON ${standing} ORDER BY t.id FOR UPDATE OF t`,
    values,
  );
  await manager.query(
    `UPDATE rollback_history h SET value = n.fresh
     FROM unnest($1::text[], $2::text[], $3::text[]) AS n(id, sealed, fresh) WHERE h.target = n.id AND h.value = n.sealed`,
    [held.map(({ id }) => id), held.map(({ sealed }) => sealed), held.map(({ fresh }) => fresh)],
  );
}

async function untilDone<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      const code = error instanceof QueryFailedError ? (error.driverError as { code?: string }).code : undefined;
      if (count >= ATTEMPTS || code === undefined || !COLLISIONS.has(code)) throw error;
    }
  }
}
