/** Postgres in WebAssembly behind a Unix socket, for the launcher and for tests. */
export * from './serve.js';
