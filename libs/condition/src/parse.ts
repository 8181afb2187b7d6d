/** Reads the text of a condition into a tree. */
import { parseBlock } from './address.js';
import type { Comparison, Condition, FunctionName, Logic, Operand, Operator } from './ast.js';
import { DEFAULT_LIMITS, type Limits, type Problem } from './problem.js';
import { readToken, type Token } from './tokens.js';

export type ParseResult = { readonly ast: Condition } | { readonly problems: readonly Problem[] };

/**
 * Parses by the grammar of conditions, section 5; literal right sides are checked too (rule 9). Linear in the text, never
 * throws. After the first syntax error nothing more is read: what follows would be guesses.
 */
export function parseCondition(text: string, limits: Limits = DEFAULT_LIMITS): ParseResult {
  if (text.length > limits.length) {
    const message = `The condition has ${text.length} characters; at most ${limits.length} are allowed`;
    return { problems: [{ message, column: limits.length + 1, expected: `at most ${limits.length} characters` }] };
  }
  const parser = new Parser(text, limits.nesting);
  const ast = parser.condition();
  return ast !== null && parser.problems.length === 0 ? { ast } : { problems: parser.problems };
}

/** Recursive descent; a method that returns null has noted why. */
class Parser {
  readonly problems: Problem[] = [];
  private token: Token;
  private next: number;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly nesting: number,
  ) {
    const first = readToken(text, 0);
    this.token = first.token;
    this.next = first.next;
  }

  condition(): Condition | null {
    const ast = this.chain();
    if (ast === null || this.token.kind === 'end') return ast;
    return this.expected('and, or, xor or the end');
  }

  private chain(): Condition | null {
    const { column } = this.token;
    const terms: Condition[] = [];
    const operators: Logic[] = [];
    for (;;) {
      const term = this.term();
      if (term === null) return null;
      terms.push(term);
      const logic = this.token.kind === 'word' ? LOGIC.get(this.token.value) : undefined;
      if (logic === undefined) break;
      operators.push(logic);
      this.advance();
    }
    return terms.length === 1 ? (terms[0] as Condition) : { kind: 'chain', terms, operators, column };
  }

  private term(): Condition | null {
    const { column } = this.token;
    if (!this.isSymbol('!')) return this.isSymbol('(') ? this.group() : this.comparison();
    this.advance();
    if (!this.isSymbol('(')) return this.expected('a group in parentheses after "!"');
    const term = this.group();
    return term === null ? null : { kind: 'not', term, column };
  }

  private group(): Condition | null {
    if (this.depth === this.nesting) {
      return this.refuse(`Groups are nested deeper than ${this.nesting} at column ${this.token.column}`, this.token.column);
    }
    this.depth++;
    this.advance();
    const inner = this.chain();
    if (inner === null) return null;
    if (!this.isSymbol(')')) return this.expected('and, or, xor or ")"');
    this.advance();
    this.depth--;
    return inner;
  }

  private comparison(): Comparison | null {
    const { column } = this.token;
    const left = this.operand();
    if (left === null) return null;
    const operator = OPERATORS.get(this.token.value);
    if (operator === undefined || (this.token.kind !== 'symbol' && this.token.kind !== 'word')) {
      return this.expected('an operator (= != < <= > >= like !like in_cidr !in_cidr)');
    }
    this.advance();
    const right = this.operand();
    if (right === null) return null;
    this.checkRight(operator, right);
    return { kind: 'comparison', left, operator, right, column };
  }

  private operand(): Operand | null {
    const { kind, value, column } = this.token;
    if (kind === 'variable') return this.take({ kind, name: value, column });
    if (kind === 'text' || kind === 'number') return this.take({ kind, value, column });
    if (kind !== 'word') return this.expected(OPERAND);
    if (value === 'true' || value === 'false') return this.take({ kind: 'boolean', value: value === 'true', column });
    if (value === 'null') return this.take({ kind: 'null', column });
    const name = FUNCTIONS.get(value);
    return name === undefined ? this.expected(OPERAND) : this.call(name, column);
  }

  private call(name: FunctionName, column: number): Operand | null {
    this.advance();
    if (!this.isSymbol('(')) return this.expected(`"()" after ${name}`);
    this.advance();
    if (!this.isSymbol(')')) return this.expected(`")": ${name} takes no arguments`);
    return this.take({ kind: 'call', name, column });
  }

  /** Rule 9 of the grammar: what can never match is refused, as far as it stands in the text. */
  private checkRight(operator: Operator, right: Operand): void {
    if (right.kind === 'variable' || right.kind === 'call') return;
    const { column } = right;
    if (operator.endsWith('like') && right.kind !== 'text') {
      this.note({ message: `Expected a string after ${operator} at column ${column}`, column, expected: 'a string' });
    }
    if (operator.endsWith('in_cidr') && (right.kind !== 'text' || parseBlock(right.value) === null)) {
      const expected = 'a string with an IPv4 or IPv6 address or block';
      this.note({ message: `Expected ${expected} after ${operator} at column ${column}`, column, expected });
    }
  }

  private take(operand: Operand): Operand {
    this.advance();
    return operand;
  }

  private advance(): void {
    const { token, next } = readToken(this.text, this.next);
    this.token = token;
    this.next = next;
  }

  private isSymbol(symbol: string): boolean {
    return this.token.kind === 'symbol' && this.token.value === symbol;
  }

  private expected(expected: string): null {
    const { kind, value, written, column } = this.token;
    const wanted = kind === 'bad' && value !== '' ? value : expected;
    const found = kind === 'end' ? written : `"${written}"`;
    this.note({ message: `Expected ${wanted} at column ${column} but found ${found}`, column, expected: wanted });
    return null;
  }

  private refuse(message: string, column: number): null {
    this.note({ message, column });
    return null;
  }

  private note(problem: Problem): void {
    this.problems.push(problem);
  }
}

const LOGIC: ReadonlyMap<string, Logic> = new Map([
  ['and', 'and'],
  ['or', 'or'],
  ['xor', 'xor'],
]);

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
  ['like', 'like'],
  ['!like', '!like'],
  ['in_cidr', 'in_cidr'],
  ['!in_cidr', '!in_cidr'],
]);

const FUNCTIONS: ReadonlyMap<string, FunctionName> = new Map([
  ['random', 'Random'],
  ['timestamp', 'Timestamp'],
  ['timeofday', 'TimeOfDay'],
]);

const OPERAND = 'a variable, a string, a number, true, false, null, Random(), Timestamp() or TimeOfDay()';
