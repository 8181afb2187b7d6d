/** Tells conditions apart by what they ask, not by how they are written. */
import type { Comparison, Condition, Logic, Operand } from './ast.js';

/**
 * Two conditions of one plugin that have the same key come to the same for every request; blanks, spellings of operators,
 * parentheses, and the order of what may stand in any order, make no difference. Null for a condition that draws lots: it may
 * come out otherwise each time.
 */
export function conditionKey(ast: Condition): string | null {
  const key = keyOf(ast);
  return key.includes(DRAWS) ? null : key;
}

/** No text can spell it: in JSON its line feed would stand as `\n`. */
const DRAWS = '\nRandom';

function keyOf(ast: Condition): string {
  switch (ast.kind) {
    case 'comparison':
      return keyOfComparison(ast);
    case 'not':
      return `!(${keyOf(ast.term)})`;
    case 'chain':
      return keyOfChain(ast.terms, ast.operators);
  }
}

/** Right to left; what hangs together by one operator stands in order, since each of them may be turned round and regrouped. */
function keyOfChain(terms: readonly Condition[], operators: readonly Logic[]): string {
  const joined = terms.reduceRight<Joined | null>((rest, term, n) => {
    if (rest === null) return joinedBy(term);
    const operator = operators[n] as Logic;
    return { operator, parts: [...partsOf(joinedBy(term), operator), ...partsOf(rest, operator)] };
  }, null);
  return textOf(joined as Joined);
}

interface Joined {
  /** Null: a single part. */
  readonly operator: Logic | null;
  readonly parts: readonly string[];
}

function joinedBy(term: Condition): Joined {
  if (term.kind !== 'chain' || new Set(term.operators).size > 1) return { operator: null, parts: [keyOf(term)] };
  const operator = term.operators[0] as Logic;
  return { operator, parts: term.terms.flatMap((each) => partsOf(joinedBy(each), operator)) };
}

function partsOf(joined: Joined, operator: Logic): readonly string[] {
  return joined.operator === null || joined.operator === operator ? joined.parts : [textOf(joined)];
}

function textOf({ operator, parts }: Joined): string {
  return operator === null ? (parts[0] as string) : `(${parts.toSorted().join(` ${operator} `)})`;
}

function keyOfComparison({ left, operator, right }: Comparison): string {
  const [a, b] = [keyOfOperand(left), keyOfOperand(right)];
  switch (operator) {
    case '>':
      return `${b} < ${a}`;
    case '>=':
      return `${b} <= ${a}`;
    case '=':
    case '!=':
      return [a, b].toSorted().join(` ${operator} `);
    default:
      return `${a} ${operator} ${b}`;
  }
}

function keyOfOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'variable':
      return `$${operand.name}`;
    case 'call':
      return `\n${operand.name}`;
    case 'number':
      return operand.value;
    case 'null':
      return 'null';
    default:
      return JSON.stringify(operand.value);
  }
}
