/** The tree that a parsed condition is. Plain data: it may be stored, compared and sent. */

/** Both spellings of a grammar rule give the same node. Columns count from 1. */
export type Condition = Chain | Not | Comparison;

/**
 * Terms joined without parentheses, always at least two. Operators have equal rank and apply right to left (conditions,
 * section 5 rule 4): `operators[i]` stands between `terms[i]` and all that follows.
 */
export interface Chain {
  readonly kind: 'chain';
  readonly terms: readonly Condition[];
  readonly operators: readonly Logic[];
  readonly column: number;
}

/** `!( … )`. A group without `!` leaves no node behind. */
export interface Not {
  readonly kind: 'not';
  readonly term: Condition;
  readonly column: number;
}

export interface Comparison {
  readonly kind: 'comparison';
  readonly left: Operand;
  readonly operator: Operator;
  readonly right: Operand;
  readonly column: number;
}

export type Logic = 'and' | 'or' | 'xor';

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'like' | '!like' | 'in_cidr' | '!in_cidr';

export type Operand =
  | { readonly kind: 'variable'; readonly name: string; readonly column: number }
  | { readonly kind: 'text'; readonly value: string; readonly column: number }
  /** `value` is the number as written: a double could not hold it exactly. */
  | { readonly kind: 'number'; readonly value: string; readonly column: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly column: number }
  | { readonly kind: 'null'; readonly column: number }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly column: number };

export type FunctionName = 'Random' | 'Timestamp' | 'TimeOfDay';
