/** Tells why a condition is true or false for one request. */
import type { Comparison, Condition, Operand } from './ast.js';
import { decimalText } from './decimal.js';
import { compileOperand } from './operands.js';
import { OPERATORS } from './operators.js';
import type { ValueSource } from './source.js';
import { textOf, type Value } from './value.js';
import type { CompileContext } from './variables.js';

/**
 * The same result as the compiled condition, and one line per comparison with the values it saw, such as
 * `false: $target = 'resource1' ($target from Query:target is 'resource2')`; terms of a group are indented below it. For
 * operators trying out a rule, not for the hot path, and not for logs: it shows what the client sent.
 */
export function explainCondition(ast: Condition, context: CompileContext, source: ValueSource): Explanation {
  return explain(ast, context, source);
}

export interface Explanation {
  readonly result: boolean;
  readonly lines: readonly string[];
}

function explain(ast: Condition, context: CompileContext, source: ValueSource): Explanation {
  switch (ast.kind) {
    case 'comparison':
      return explainComparison(ast, context, source);
    case 'not': {
      const inner = explain(ast.term, context, source);
      return { result: !inner.result, lines: [`${!inner.result}: not`, ...indent(inner.lines)] };
    }
    case 'chain': {
      const terms = ast.terms.map((term) => explain(term, context, source));
      const last = terms[terms.length - 1] as Explanation;
      const result = ast.operators.reduceRight((rest, operator, i) => {
        const { result } = terms[i] as Explanation;
        if (operator === 'xor') return result !== rest;
        return operator === 'and' ? result && rest : result || rest;
      }, last.result);
      const lines = terms.flatMap((term, i) => [...indent(term.lines), ...ast.operators.slice(i, i + 1)]);
      return { result, lines: [`${result}: right to left,`, ...lines] };
    }
  }
}

function explainComparison({ left, operator, right }: Comparison, context: CompileContext, source: ValueSource): Explanation {
  const a = compileOperand(left, context)(source);
  const b = compileOperand(right, context)(source);
  const result = OPERATORS[operator](a, b);
  const seen = [describe(left, a, context), describe(right, b, context)].filter((text) => text !== null);
  const values = seen.length === 0 ? '' : ` (${seen.join(', ')})`;
  return { result, lines: [`${result}: ${write(left)} ${operator} ${write(right)}${values}`] };
}

function describe(operand: Operand, value: Value, context: CompileContext): string | null {
  if (operand.kind === 'call') return `${write(operand)} is ${show(value)}`;
  if (operand.kind !== 'variable') return null;
  const entry = context.parameters.byName.get(operand.name);
  return `${write(operand)}${entry === undefined ? '' : ` from ${entry.text}`} is ${show(value)}`;
}

function write(operand: Operand): string {
  switch (operand.kind) {
    case 'variable':
      return `$${operand.name}`;
    case 'call':
      return `${operand.name}()`;
    case 'number':
      return operand.value;
    case 'null':
      return 'null';
    default:
      return show(operand.value);
  }
}

/** Enough of a value to recognise it. */
const SHOWN_LENGTH = 100;

function show(value: Value): string {
  if (value === null) return 'null';
  if (typeof value !== 'string') return typeof value === 'boolean' ? String(value) : decimalText(value);
  const text = textOf(value);
  const cut = text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
  return cut.includes("'") ? `"${cut}"` : `'${cut}'`;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
