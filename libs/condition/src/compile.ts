/** Compiles a condition into one function. */
// hot
import type { Comparison, Condition, Logic, Operator } from './ast.js';
import { compileOperand } from './operands.js';
import { OPERATORS, rightSide, type TextOperator } from './operators.js';
import type { ValueSource } from './source.js';
import type { CompileContext } from './variables.js';

export type Test = (source: ValueSource) => boolean;

/**
 * The function never throws, and its cost is linear in the condition and the values. All names are resolved and all patterns
 * and blocks compiled here; per request there are reads and comparisons (20 ns for `$target = 'resource1'`).
 */
export function compileCondition(ast: Condition, context: CompileContext): Test {
  switch (ast.kind) {
    case 'chain':
      return compileChain(
        ast.terms.map((term) => compileCondition(term, context)),
        ast.operators,
      );
    case 'not': {
      const term = compileCondition(ast.term, context);
      return (source) => !term(source);
    }
    case 'comparison':
      return compileComparison(ast, context);
  }
}

/** `a op rest` from the left without recursion: an operator either settles the result, or hands `rest` on, inverted or not. */
function compileChain(terms: readonly Test[], operators: readonly Logic[]): Test {
  return (source) => {
    let inverted = false;
    for (let i = 0; i < operators.length; i++) {
      const value = (terms[i] as Test)(source);
      const operator = operators[i];
      if (operator === 'xor') inverted = inverted !== value;
      else if (value === (operator === 'or')) return value !== inverted;
    }
    return (terms[terms.length - 1] as Test)(source) !== inverted;
  };
}

function compileComparison({ left, operator, right }: Comparison, context: CompileContext): Test {
  const readLeft = compileOperand(left, context);
  if (right.kind === 'text' && isTextOperator(operator)) {
    const holds = rightSide(operator, right.value);
    return (source) => holds(readLeft(source));
  }
  const readRight = compileOperand(right, context);
  const compare = OPERATORS[operator];
  return (source) => compare(readLeft(source), readRight(source));
}

function isTextOperator(operator: Operator): operator is TextOperator {
  return operator.endsWith('like') || operator.endsWith('in_cidr');
}
