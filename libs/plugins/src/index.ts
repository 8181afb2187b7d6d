/** Plugin types, one file each, and what they are made of. */
export * from './check.js';
export * from './kit/index.js';
export * from './list.js';
