/** What a plugin is made of. */
export * from './answer.js';
export * from './encode.js';
export * from './exchange.js';
export * from './fields.js';
export * from './head.js';
export * from './outgoing.js';
export * from './plugin.js';
export * from './query.js';
export * from './request-body.js';
export * from './request-source.js';
export * from './secrets.js';
export * from './system-value.js';
export * from './values.js';
