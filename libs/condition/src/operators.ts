/** The operators of a condition, on any two values. */
// hot
import { parseBlock } from './address.js';
import type { Operator } from './ast.js';
import { compileLike } from './like.js';
import { equal, order, textOf, type Value } from './value.js';

/** Conditions, section 6: every operator has a result for every pair of values. */
export const OPERATORS: Readonly<Record<Operator, (left: Value, right: Value) => boolean>> = {
  '=': equal,
  '!=': (left, right) => !equal(left, right),
  '<': (left, right) => order(left, right) < 0,
  '<=': (left, right) => order(left, right) <= 0,
  '>': (left, right) => order(left, right) > 0,
  '>=': (left, right) => order(left, right) >= 0,
  like: (left, right) => right !== null && rightSide('like', textOf(right))(left),
  '!like': (left, right) => right !== null && rightSide('!like', textOf(right))(left),
  in_cidr: (left, right) => typeof right === 'string' && rightSide('in_cidr', right)(left),
  '!in_cidr': (left, right) => typeof right === 'string' && rightSide('!in_cidr', right)(left),
};

export type TextOperator = 'like' | '!like' | 'in_cidr' | '!in_cidr';

/** Prepares the right side of an operator that compiles it. A text that is no block makes both `in_cidr` false (rule 10). */
export function rightSide(operator: TextOperator, right: string): (left: Value) => boolean {
  if (operator === 'like' || operator === '!like') {
    const matches = compileLike(right);
    const wanted = operator === 'like';
    return (left) => left !== null && matches(textOf(left)) === wanted;
  }
  const contains = parseBlock(right);
  if (contains === null) return () => false;
  const wanted = operator === 'in_cidr';
  return (left) => left !== null && contains(textOf(left)) === wanted;
}
