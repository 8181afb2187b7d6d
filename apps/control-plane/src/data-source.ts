/** How the control plane reaches its database. */
import { migrations } from '@causeway/migrations';
import type { DataSourceOptions } from 'typeorm';
import { socketThatGivesUp } from './socket-that-gives-up.js';

/** Waiting for a connection ends with an error, not with a request that hangs, ms. */
const CONNECT_MS = 10_000;

/** What a request asks is answered sooner, also when it waits for other writes. A network that swallows everything says nothing for longer, ms. */
const SILENCE_MS = 30_000;

/** A transaction in which nothing is asked for this long belongs to a process that stands still; others wait for its locks meanwhile, ms. */
const STANDSTILL_MS = 10_000;

/** Sooner than that: else those which the same process left waiting for its lock would each hold it as long, one after the other, ms. */
const LOCK_MS = 8000;

type Options = DataSourceOptions & { type: 'postgres' };

/** For scripts, whose single statements may take minutes. */
export function dataSourceOptions(url: string, poolSize: number): Options {
  return {
    type: 'postgres',
    url,
    poolSize,
    synchronize: false,
    migrationsRun: false,
    migrations,
    // Ids are made here: no extension is needed, and the embedded Postgres has none.
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    applicationName: 'causeway-control-plane',
    extra: { connectionTimeoutMillis: CONNECT_MS },
  };
}

/** For the service: neither side waits for ever for another that is gone without a word, the database not with locks of a transaction in hand. */
export function servingOptions(url: string, poolSize: number): Options {
  const options = dataSourceOptions(url, poolSize);
  return {
    ...options,
    extra: {
      ...(options.extra as object),
      stream: () => socketThatGivesUp(SILENCE_MS),
      idle_in_transaction_session_timeout: STANDSTILL_MS,
      lock_timeout: LOCK_MS,
    },
  };
}
