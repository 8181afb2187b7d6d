/** Which stores this run has; `jest/start-stores.mjs` has decided and said it. */

/** A Postgres server, or undefined where suites run on the embedded one. */
export const postgresUrl = process.env.DATABASE_URL || undefined;

/** A Redis that this run may use under a prefix of its own; undefined where there is none. */
export const redisUrl = process.env.REDIS_URL || undefined;
