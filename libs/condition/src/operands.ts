/** Turns an operand into a function that reads its value. */
// hot
import type { FunctionName, Operand } from './ast.js';
import { type Decimal, parseDecimal } from './decimal.js';
import type { ValueSource } from './source.js';
import type { Value } from './value.js';
import { type CompileContext, resolveVariable } from './variables.js';

/** A variable that can never have a value reads null. */
export function compileOperand(operand: Operand, context: CompileContext): (source: ValueSource) => Value {
  switch (operand.kind) {
    case 'variable':
      return resolveVariable(operand.name, context) ?? (() => null);
    case 'call':
      return FUNCTIONS[operand.name];
    default: {
      const value = literalOf(operand);
      return () => value;
    }
  }
}

/** The value of a literal operand. */
export function literalOf(operand: Exclude<Operand, { kind: 'variable' | 'call' }>): Value {
  switch (operand.kind) {
    case 'number':
      // The grammar's numbers are plain decimals.
      return parseDecimal(operand.value) as Decimal;
    case 'null':
      return null;
    default:
      return operand.value;
  }
}

const DAY_MS = 86_400_000;

const FUNCTIONS: Record<FunctionName, (source: ValueSource) => number> = {
  Random: (source) => source.random(),
  Timestamp: (source) => source.nowMs,
  TimeOfDay: (source) => source.nowMs % DAY_MS,
};
