/** Chunks -> program, and what happens to a request on it. */
export * from './authenticate.js';
export * from './backend.js';
export * from './check-chunk.js';
export * from './check-definition.js';
export { parseAddress } from './compile-backend.js';
export * from './compile-program.js';
export * from './deps.js';
export * from './gateway-headers.js';
export * from './locate.js';
export { CallSite } from './loops/call-site.js';
export { type CallNode, findLoops, type Loop } from './loops/find-loops.js';
export { type InternalCall, internalCalls } from './loops/internal-calls.js';
export type { CallableBackend } from './mapping.js';
export { parsePathPattern, pathShape } from './path-pattern.js';
export { type Match, PathTable } from './path-table.js';
export * from './program.js';
export * from './route.js';
export { VARIABLE_NAME, type VariableUse, variablesOf, withVariables } from './stage-variables.js';
