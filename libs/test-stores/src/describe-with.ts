/** Suites that only run where their stores are. */
import { describe } from '@jest/globals';
import { postgresUrl, redisUrl } from './which-stores.js';

/** For what needs two sessions at once (locks, two control planes): the embedded Postgres has one. */
export const describeOnPostgres: typeof describe.skip = postgresUrl ? describe : describe.skip;

export const describeWithRedis: typeof describe.skip = redisUrl ? describe : describe.skip;
