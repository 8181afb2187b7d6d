/** What the control plane asks the database while something happens, for specs. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Server } from 'node:http';
import { HttpAdapterHost } from '@nestjs/core';
import type { DataSource, Logger, QueryRunner } from 'typeorm';
import type { Query } from './query-plans.js';
import type { TestApp } from './test-app.js';

export interface Recorded {
  /** Of the requests themselves. */
  readonly asked: readonly Query[];
  /** With those of the publisher and of all else that runs in the background. */
  readonly all: readonly Query[];
  /** Table -> rows that a transaction read one after the other, in triggers and for foreign keys too. */
  readonly sequential: ReadonlyMap<string, number>;
}

const ROWS_READ_OR_WRITTEN = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|\()/i;

/** What this session has counted; it tells others once a second and between transactions only. */
const COUNTED = 'SELECT relname AS name, seq_tup_read::integer AS rows FROM pg_stat_xact_user_tables WHERE seq_tup_read > 0';

const answering = new AsyncLocalStorage<true>();

/** Ends when what `work` wrote is published. */
export async function recordQueries(app: TestApp, work: () => Promise<unknown>): Promise<Recorded> {
  const { dataSource } = app;
  const [asked, all, sequential] = [[] as Query[], [] as Query[], new Map<string, number>()];
  const server: Server = app.get(HttpAdapterHost).httpAdapter.getHttpServer();
  const mark = () => answering.enterWith(true);
  const { logger, createQueryRunner } = dataSource;
  server.prependListener('request', mark);
  dataSource.createQueryRunner = (...mode) => counting(createQueryRunner.apply(dataSource, mode), sequential);
  dataSource.logger = loggerOf((query) => {
    all.push(query);
    if (answering.getStore() === true) asked.push(query);
  });
  try {
    await work();
    await untilPublished(dataSource);
  } finally {
    dataSource.logger = logger;
    dataSource.createQueryRunner = createQueryRunner;
    server.removeListener('request', mark);
  }
  return { asked, all, sequential };
}

function loggerOf(record: (query: Query) => void): Logger {
  const nothing = () => {};
  return {
    logQuery: (sql, parameters) => {
      if (sql !== COUNTED && ROWS_READ_OR_WRITTEN.test(sql))
        record({ sql, parameters: Array.isArray(parameters) ? parameters : [] });
    },
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  };
}

/** Looks at the session's counters as a transaction begins and before it commits. */
function counting(runner: QueryRunner, sequential: Map<string, number>): QueryRunner {
  const { startTransaction, commitTransaction } = runner;
  let before = new Map<string, number>();
  const counted = async () => {
    const rows: { name: string; rows: number }[] = await runner.query(COUNTED);
    return new Map(rows.map(({ name, rows: read }) => [name, read]));
  };
  runner.startTransaction = async (...level) => {
    await startTransaction.apply(runner, level);
    // Nested ones are savepoints, which need not happen here.
    before = await counted();
  };
  runner.commitTransaction = async () => {
    for (const [name, rows] of await counted())
      sequential.set(name, Math.max(sequential.get(name) ?? 0, rows - (before.get(name) ?? 0)));
    await commitTransaction.apply(runner);
  };
  return runner;
}

/** The publisher takes what is written out of the outbox as the last thing it does. */
export async function untilPublished(dataSource: DataSource): Promise<void> {
  for (;;) {
    const [row]: { waiting: boolean }[] = await dataSource.query('SELECT EXISTS (SELECT 1 FROM outbox) AS waiting');
    if (row?.waiting !== true) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
