/** Finds conditions that no request can change. */
import type { Comparison, Condition, FunctionName, Logic, Operand, Operator } from './ast.js';
import { literalOf } from './operands.js';
import { OPERATORS } from './operators.js';
import type { CompiledParameters } from './parameters.js';
import { order, type Value } from './value.js';

/** Variables that are a number in every request, never null, each with the least and the greatest that it can be. */
export type Ranges = ReadonlyMap<string, readonly [least: number, greatest: number]>;

const NO_RANGES: Ranges = new Map();

/** Of what a gateway takes for an answer: three digits, and what is below 100 is none. */
export const STATUS_CODES: readonly [number, number] = [100, 999];

/** What is known of a plugin's variables: of its map, and of those that it supplies itself. */
export function rangesOf({ byName }: CompiledParameters, supplied: Ranges = NO_RANGES): Ranges {
  const ranges = new Map(supplied);
  for (const [name, { location }] of byName) {
    ranges.delete(name);
    if (location.location === 'StatusCode') ranges.set(name, STATUS_CODES);
  }
  return ranges;
}

/**
 * True or false when the condition has that result for every request, as `1 = 1`, `1 = 1 or $a = 'x'` or `Random() < 50` have;
 * null when it depends on the request, the clock or chance. A loop behind a condition that is always true is a loop without
 * condition (wire contract 10 rule 5).
 */
export function isConstant(ast: Condition, ranges: Ranges = NO_RANGES): boolean | null {
  switch (ast.kind) {
    case 'chain': {
      const values = ast.terms.map((term) => isConstant(term, ranges));
      return ast.operators.reduceRight(
        (rest, operator, i) => join(values[i] as boolean | null, operator, rest),
        values.at(-1) ?? null,
      );
    }
    case 'not': {
      const value = isConstant(ast.term, ranges);
      return value === null ? null : !value;
    }
    case 'comparison':
      return compare(ast, ranges);
  }
}

/**
 * Comparisons of what a request brings, or of the clock or chance, that come out alike for every request all the same. Of two
 * literals none is meant to depend on anything: `1 = 1` catches all.
 */
export function constantComparisons(ast: Condition, ranges: Ranges): { readonly result: boolean; readonly column: number }[] {
  if (ast.kind === 'not') return constantComparisons(ast.term, ranges);
  if (ast.kind === 'chain') return ast.terms.flatMap((term) => constantComparisons(term, ranges));
  const result = isConstant(ast, ranges);
  const isWrittenOut = [ast.left, ast.right].every(({ kind }) => kind !== 'variable' && kind !== 'call');
  return result === null || isWrittenOut ? [] : [{ result, column: ast.column }];
}

type Span = readonly [least: Value, greatest: Value];

function compare({ left, operator, right }: Comparison, ranges: Ranges): boolean | null {
  const a = spanOf(left, ranges);
  const b = spanOf(right, ranges);
  if (a === null || b === null) return null;
  const holds = OPERATORS[operator];
  if (isPoint(a) && isPoint(b)) return holds(a[0], b[0]);
  if (!isPoint(a) && !isPoint(b)) return null;
  if (ORDERS.has(operator)) {
    const atLeast = holds(a[0], b[0]);
    return atLeast === holds(a[1], b[1]) ? atLeast : null;
  }
  if (operator !== '=' && operator !== '!=') return null;
  const [[point], [least, greatest]] = isPoint(a) ? [a, b] : [b, a];
  return order(point, least) >= 0 && order(point, greatest) <= 0 ? null : holds(a[0], b[0]);
}

/** What is between the ends comes out as they do, when they agree. */
const ORDERS: ReadonlySet<Operator> = new Set<Operator>(['<', '<=', '>', '>=']);

/** The greatest double below 1, and the last millisecond of a day. */
const OF_FUNCTIONS: Partial<Record<FunctionName, Span>> = { Random: [0, 1 - 2 ** -53], TimeOfDay: [0, 86_399_999] };

/** All that it can be; null when nothing is known of it. */
function spanOf(operand: Operand, ranges: Ranges): Span | null {
  if (operand.kind === 'variable') return ranges.get(operand.name) ?? null;
  if (operand.kind === 'call') return OF_FUNCTIONS[operand.name] ?? null;
  const value = literalOf(operand);
  return [value, value];
}

function isPoint([least, greatest]: Span): boolean {
  return least === greatest;
}

/** Three-valued logic, null for "depends". */
function join(left: boolean | null, operator: Logic, right: boolean | null): boolean | null {
  if (operator === 'xor') return left === null || right === null ? null : left !== right;
  const settling = operator === 'or';
  if (left === settling || right === settling) return settling;
  return left === null || right === null ? null : !settling;
}
