/** Regular expressions of definitions: linear in the value, bounded in memory (wire contract 4.5). */
// biome-ignore lint/style/noRestrictedImports: loading code late is pure, and nothing else can do it without waiting.
import { createRequire } from 'node:module';
import type * as Re2 from 're2js';

/** Characters of an expression. */
const MAX_EXPRESSION = 512;
/** Steps of the compiled program; `[a-z]{1,500}` has a thousand. About 100 bytes each. */
const MAX_STEPS = 2048;
/** Bytes of a value. */
const MAX_VALUE_BYTES = 8192;
/** Characters times steps: at worst 30 ns each. */
const MAX_WORK = 4_000_000;

export interface Pattern {
  /** Of the compiled program: what a character costs at worst. */
  readonly steps: number;
  /** Null when all of the value matches, otherwise a reason that does not show the expression. */
  whole(value: string): string | null;
  /** True when some part of the value matches; of a longer value than is looked at, false. */
  part(value: string): boolean;
}

let engine: typeof Re2.RE2JS | null = null;

/** @returns the pattern, or what is wrong with the expression */
export function compilePattern(expression: string): Pattern | string {
  if (expression.length > MAX_EXPRESSION) return `has more than ${MAX_EXPRESSION} characters`;
  let program: Re2.RE2JS;
  try {
    program = loaded().compile(expression);
  } catch (error) {
    return `is no expression without look-around and back-references: ${error instanceof Error ? error.message : String(error)}`;
  }
  const steps = program.programSize();
  if (steps > MAX_STEPS) return `is too large: its repetitions come to ${steps} steps, ${MAX_STEPS} are allowed`;
  const isTooLong = (value: string) =>
    value.length * steps > MAX_WORK || value.length > MAX_VALUE_BYTES || Buffer.byteLength(value) > MAX_VALUE_BYTES;
  return {
    steps,
    whole(value) {
      if (isTooLong(value)) return 'is too long to be compared with its pattern';
      return program.testExact(value) ? null : 'does not match its pattern';
    },
    part: (value) => !isTooLong(value) && program.test(value),
  };
}

/** Loaded with the first definition that has a pattern: a gateway without one is 3 MB smaller. */
function loaded(): typeof Re2.RE2JS {
  engine ??= (createRequire(import.meta.url)('re2js') as typeof Re2).RE2JS;
  return engine;
}
