/** Postgres and Redis for test suites: what this run has, a database of its own for each suite, and a Redis that can go away. */
export * from './describe-with.js';
export * from './redis-relay.js';
export * from './scratch-database.js';
export * from './which-stores.js';
