/** The snapshot as bytes: canonical form, hashes, seals and signatures. */
export * from './canonical-json.js';
export * from './chunk-codec.js';
export { deriveInstanceKeyring } from './instance-key.js';
export * from './instance-keys.js';
export * from './keyring.js';
export * from './manifest-change.js';
export * from './manifest-codec.js';
export * from './sealed-text.js';
export * from './transport.js';
