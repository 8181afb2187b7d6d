/** Finds conditions that no request can change. */
import type { Condition, Logic, Operand } from './ast.js';
import { literalOf } from './operands.js';
import { OPERATORS } from './operators.js';
import type { Value } from './value.js';

/**
 * True or false when the condition has that result for every request, as `1 = 1` or `1 = 1 or $a = 'x'` have; null when it
 * depends on the request, the clock or chance. A loop behind a condition that is always true is a loop without condition (wire
 * contract 10 rule 5).
 */
export function isConstant(ast: Condition): boolean | null {
  switch (ast.kind) {
    case 'chain': {
      const values = ast.terms.map(isConstant);
      return ast.operators.reduceRight(
        (rest, operator, i) => join(values[i] as boolean | null, operator, rest),
        values.at(-1) ?? null,
      );
    }
    case 'not': {
      const value = isConstant(ast.term);
      return value === null ? null : !value;
    }
    case 'comparison': {
      const left = constantOf(ast.left);
      const right = constantOf(ast.right);
      return left === undefined || right === undefined ? null : OPERATORS[ast.operator](left, right);
    }
  }
}

function constantOf(operand: Operand): Value | undefined {
  return operand.kind === 'variable' || operand.kind === 'call' ? undefined : literalOf(operand);
}

/** Three-valued logic, null for "depends". */
function join(left: boolean | null, operator: Logic, right: boolean | null): boolean | null {
  if (operator === 'xor') return left === null || right === null ? null : left !== right;
  const settling = operator === 'or';
  if (left === settling || right === settling) return settling;
  return left === null || right === null ? null : !settling;
}
