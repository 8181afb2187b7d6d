/**
 * JSON Schema, draft 4, for values of parameters (wire contract 4.5). Compiled to closures instead of by a library, because the schema
 * is an owner's and the value a client's: every check has a budget of steps, patterns take linear time, no code is generated.
 */
import { compilePattern } from '../pattern.js';
import { isObject, type Json, type JsonObject, MAX_DEPTH, parse, type Run, resolve, type Test } from './json.js';
import { KEYWORDS } from './keywords.js';

/** Characters of a value. */
const MAX_VALUE = 65_536;
const MAX_PATTERNS = 20;
/** Steps of a check: so many, and for each character of the value so many more. */
const STEPS = 2000;
const STEPS_A_CHARACTER = 8;
/** A character that goes through a pattern of this size costs one step. */
const PATTERN_STEPS = 64;

const DRAFT = /^https?:\/\/json-schema\.org\/draft-04\/schema#?$/;
export interface JsonSchema {
  /** Steps of its patterns together. */
  readonly patternSteps: number;
  /** A reason, or null when the text is JSON that conforms. */
  check(text: string): string | null;
}

/** @returns the schema, or what is wrong with its text */
export function compileJsonSchema(text: string): JsonSchema | string {
  const schema = parse(text);
  if (schema === undefined) return 'is not JSON';
  if (!isObject(schema)) return 'must be a JSON object';
  const { $schema } = schema;
  if ($schema !== undefined && !(typeof $schema === 'string' && DRAFT.test($schema))) return 'must be of draft 4';
  const compiler = new SchemaCompiler(schema);
  const test = compiler.schema(schema, '#', 0);
  compiler.finish();
  if (compiler.problem !== null) return compiler.problem;
  return {
    patternSteps: compiler.patternSteps,
    check(value) {
      if (value.length > MAX_VALUE) return 'is too long to be checked by its schema';
      const parsed = parse(value);
      if (parsed === undefined) return 'must be JSON';
      const run = { left: STEPS + STEPS_A_CHARACTER * value.length, depth: 0 };
      const conforms = test(parsed, run);
      if (run.left < 0) return 'takes too long to be checked by its schema';
      return conforms ? null : 'does not conform to its schema';
    },
  };
}

export class SchemaCompiler {
  problem: string | null = null;
  patternSteps = 0;
  private readonly patterns = new Map<string, (text: string, run: Run) => boolean>();
  private readonly referenced = new Map<string, { test: Test | null }>();

  constructor(private readonly root: JsonObject) {}

  /** Compiles what references lead to; what is found there may refer to more. */
  finish(): void {
    for (const [pointer, place] of this.referenced) {
      const found = resolve(this.root, pointer);
      if (found === undefined) this.complain(pointer, 'is referred to but not there');
      else place.test = this.schema(found, pointer, 0);
    }
  }

  schema(schema: Json, at: string, depth: number): Test {
    if (!isObject(schema)) return this.complain(at, 'must be an object');
    if (depth > MAX_DEPTH) return this.complain(at, `is nested more than ${MAX_DEPTH} levels deep`);
    const tests = schema.$ref === undefined ? this.keywords(schema, at, depth + 1) : [this.reference(schema.$ref, at)];
    return (value, run) => {
      if (--run.left < 0) return false;
      if (++run.depth > MAX_DEPTH * 2) {
        run.left = -1;
        return false;
      }
      for (const test of tests)
        if (!test(value, run)) {
          run.depth--;
          return false;
        }
      run.depth--;
      return run.left >= 0;
    };
  }

  private reference(pointer: Json, at: string): Test {
    if (typeof pointer !== 'string' || !/^#(?:\/|$)/.test(pointer))
      return this.complain(`${at}/$ref`, 'must be a pointer into this schema, such as #/definitions/a');
    const place = this.referenced.get(pointer) ?? { test: null };
    this.referenced.set(pointer, place);
    return (value, run) => place.test?.(value, run) === true;
  }

  private keywords(schema: JsonObject, at: string, depth: number): Test[] {
    const tests: Test[] = [];
    for (const [name, given] of Object.entries(schema)) {
      const make = KEYWORDS.get(name);
      if (make !== undefined) tests.push(make(given, { compiler: this, schema, at: `${at}/${name}`, depth }));
    }
    // Definitions are looked at too: a fault there is one even where nothing refers to it yet.
    const { definitions } = schema;
    if (definitions !== undefined) this.each(definitions, `${at}/definitions`, depth);
    return tests;
  }

  /** The schemas of an object, by name. */
  each(schemas: Json, at: string, depth: number): Map<string, Test> {
    if (!isObject(schemas)) {
      this.complain(at, 'must be an object');
      return new Map();
    }
    return new Map(Object.entries(schemas).map(([name, schema]) => [name, this.schema(schema, `${at}/${name}`, depth)]));
  }

  list(schemas: Json, at: string, depth: number): Test[] {
    if (Array.isArray(schemas) && schemas.length > 0)
      return schemas.map((schema, index) => this.schema(schema, `${at}/${index}`, depth));
    this.complain(at, 'must be an array with at least one schema');
    return [];
  }

  /** Whether some part of a text matches. */
  pattern(expression: Json, at: string): (text: string, run: Run) => boolean {
    if (typeof expression !== 'string') return this.complain(at, 'must be text');
    const known = this.patterns.get(expression);
    if (known !== undefined) return known;
    if (this.patterns.size >= MAX_PATTERNS) return this.complain(at, `is one of more than ${MAX_PATTERNS} patterns`);
    const pattern = compilePattern(expression);
    if (typeof pattern === 'string') return this.complain(at, pattern);
    this.patternSteps += pattern.steps;
    const matches = (text: string, run: Run) => {
      run.left -= Math.ceil((text.length * pattern.steps) / PATTERN_STEPS);
      return run.left >= 0 && pattern.part(text);
    };
    this.patterns.set(expression, matches);
    return matches;
  }

  /** Notes the first complaint; what it returns is never run. */
  complain(at: string, message: string): () => boolean {
    this.problem ??= `${at.slice(0, 200)} ${message}`;
    return () => false;
  }
}
