/** Postgres and Redis for test suites: what this run has, and a database of its own for each suite. */
export * from './scratch-database.js';
export * from './which-stores.js';
