/** What both planes agree on. */
export * from './api-definition.js';
export * from './chunks.js';
export * from './dataset-types.js';
export * from './domains.js';
export * from './error-table.js';
export * from './form.js';
export * from './hop-by-hop.js';
export * from './manifest.js';
export * from './manifest-change.js';
export * from './plugin-types.js';
export * from './redis-keys.js';
export * from './snapshot-formats.js';
export * from './stages.js';
