/** The condition language: parse, check, compile, explain. */
export { type Block, blockWords, parseBlock } from './address.js';
export { AddressSet } from './address-set.js';
export type { Chain, Comparison, Condition, FunctionName, Logic, Not, Operand, Operator } from './ast.js';
export { type CheckContext, checkCondition } from './check.js';
export { compileCondition, type Test } from './compile.js';
export { conditionKey } from './condition-key.js';
export { constantComparisons, isConstant, type Ranges, rangesOf, STATUS_CODES } from './constant.js';
export { explainCondition } from './explain.js';
export { forwardedAddress } from './forwarded-for.js';
export { type JsonPath, readJsonPath } from './json-path.js';
export { type LocationName, type ParsedLocation, type Phase, parseLocation, type SystemParameter } from './location.js';
export { type CompiledParameter, type CompiledParameters, compileParameters, type Needs, type Reader } from './parameters.js';
export { type ParseResult, parseCondition } from './parse.js';
export { DEFAULT_LIMITS, type Limits, type Problem, type Warning } from './problem.js';
export type { ValueSource } from './source.js';
export { TrustedProxies } from './trusted-proxies.js';
export { type ConditionValue, textOf, type Value } from './value.js';
export { type CompileContext, conditionNeeds, resolveVariable, variablesOf } from './variables.js';
