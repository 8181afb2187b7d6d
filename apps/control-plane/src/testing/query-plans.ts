/** How Postgres goes about a query, and what it reads too much of, for specs. */
import type { DataSource } from 'typeorm';

export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Rows of one table that a query may read: those of a page or a chunk with what belongs to them. */
export const MOST_ROWS = 2000;

const ONLY_READS = /^\s*\(*SELECT\b/i;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Plan[];
}

/**
 * What the query reads without need, in words. A query that only reads runs again and its rows are counted; of one
 * that writes only the plan is asked for, and nothing in it may go through a table or an index from end to end.
 */
export async function readsTooMuch(
  dataSource: DataSource,
  { sql, parameters }: Query,
  big: ReadonlySet<string>,
): Promise<string[]> {
  const runs = ONLY_READS.test(sql);
  const rows: { 'QUERY PLAN': [{ Plan: Plan }] }[] = await dataSource.query(
    `EXPLAIN (FORMAT JSON${runs ? ', ANALYZE, TIMING OFF' : ''}) ${sql}`,
    [...parameters],
  );
  const scans = rows.flatMap((row) => scansIn(row['QUERY PLAN'][0].Plan)).filter((scan) => isOfBig(scan, big));
  const found = scans.filter(runs ? (scan) => rowsRead(scan) > MOST_ROWS : isEndToEnd);
  return found.map((scan) => {
    const what = scan['Index Name'] ?? scan['Relation Name'];
    return `${what} by ${scan['Node Type']}${runs ? `, ${rowsRead(scan)} rows` : ''}: ${sql.replaceAll(/\s+/g, ' ')}`;
  });
}

function scansIn(plan: Plan): Plan[] {
  return [...(plan['Node Type'].endsWith('Scan') ? [plan] : []), ...(plan.Plans ?? []).flatMap(scansIn)];
}

/** A big table may have a small index. */
function isOfBig({ 'Relation Name': table = '', 'Index Name': index = table }: Plan, big: ReadonlySet<string>): boolean {
  return big.has(index);
}

/** Of a bitmap the parts tell, which read indexes. */
function isEndToEnd({ 'Node Type': type, 'Index Cond': condition }: Plan): boolean {
  return type !== 'Bitmap Heap Scan' && condition === undefined;
}

function rowsRead(scan: Plan): number {
  const { 'Actual Rows': shown = 0, 'Actual Loops': loops = 0 } = scan;
  return (shown + (scan['Rows Removed by Filter'] ?? 0) + (scan['Rows Removed by Index Recheck'] ?? 0)) * loops;
}
