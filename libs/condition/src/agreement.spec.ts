/** The compiled form against a slow evaluator, written from the rules alone, on generated conditions. */

import { BlockList, isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Comparison, Condition, Operand } from './ast.js';
import { parseDecimal } from './decimal.js';
import {
  type CompiledParameters,
  type ConditionValue,
  compileCondition,
  compileParameters,
  conditionKey,
  explainCondition,
  type FunctionName,
  isConstant,
  type Phase,
  parseCondition,
  type Value,
  type ValueSource,
} from './index.js';

/** What a generated request, or answer, holds: by place, and what the clock and chance say. */
interface World {
  readonly phase: Phase;
  /** Variable -> location text, the `parameters` map. */
  readonly map: Readonly<Record<string, string>>;
  readonly places: Readonly<Record<string, Value>>;
  readonly system: Readonly<Record<string, ConditionValue>>;
  /** Parameters that the API declares. */
  readonly declared: Readonly<Record<string, ConditionValue>>;
  /** True when the compiler is told what the API declares. */
  readonly isApiKnown: boolean;
  readonly plugin: Readonly<Record<string, ConditionValue>>;
  readonly random: number;
  readonly nowMs: number;
}

/** Location texts with the place that each means, written by hand from conditions, section 2. */
const EITHER: Record<string, string> = {
  'Header:X-One': 'Header x-one',
  ' header : x-ONE ': 'Header x-one',
  'Token:sub': 'Token sub',
  'XFF:0': 'XFF 0',
  'xff:-1': 'XFF -1',
  'BodyJsonField:$.a[0]': 'BodyJsonField a,0',
  "bodyjson:$['a'][0]": 'BodyJsonField a,0',
  'System:CaStage': 'system CaStage',
  'system:CAHTTPSCHEME': 'system CaHttpSchema',
};
const PLACES: Record<Phase, Record<string, string>> = {
  request: {
    ...EITHER,
    Method: 'Method',
    path: 'Path',
    'Path:id': 'PathParameter id',
    'Query:q': 'Query q',
    'QUERY: Q': 'Query Q',
    'Form:q:r': 'Form q:r',
    'Host:svc': 'Host svc',
    'Parameter:p': 'Parameter p',
  },
  response: { ...EITHER, StatusCode: 'StatusCode', errorcode: 'ErrorCode' },
};
const SYSTEM = ['CaStage', 'CaAppId', 'CaHttpSchema', 'CaHttpScheme'];
const FREE = ['p', 'CaStage', 'CaAppId', 'own'];
const MAPPED = ['a', 'b', 'CaAppId'];
const NAMES = [...MAPPED, 'p', 'CaStage', 'CaHttpScheme', 'own', 'LatencySeconds', 'castage', 'nothing'];
const texts = fc.oneof(
  fc.constantFrom('', 'a', 'ab', 'aab', 'TRUE', 'false', 'null', '1', '1.0', '01', '-0', '0.00', '1e3', ' 1', '.5', '1.', '200'),
  fc.constantFrom(
    '12345678901234567890',
    '12345678901234567891',
    '12345678901234567890.0',
    '-12345678901234567890',
    '0.1',
    '0.10000000000000001',
  ),
  fc.constantFrom(
    '10.0.0.1',
    '10.0.0.0/8',
    '::ffff:10.0.0.1',
    '2001:db8::1',
    '2001:db8::/32',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '010.0.0.1',
  ),
  fc.stringMatching(/^[ab%\n]{0,6}$/),
);
const numbers = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.1, 200, 1e21, 1e-7, -1.5e-7, 12345678901234567000),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const values = fc.oneof(texts, numbers, fc.boolean(), fc.constant(null));
const longNumbers = fc.stringMatching(/^-?[1-9][0-9]{15,25}(\.[0-9]{0,5}[1-9])?$/);
const some = (keys: readonly string[], value: fc.Arbitrary<ConditionValue> = values) =>
  fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 10 });

const worlds: fc.Arbitrary<World> = fc.constantFrom<Phase>('request', 'response').chain((phase) => {
  const locations = Object.keys(PLACES[phase]);
  return fc.record({
    phase: fc.constant(phase),
    map: fc.dictionary(fc.constantFrom(...MAPPED), fc.constantFrom(...locations)),
    places: fc.dictionary(
      fc.constantFrom(...Object.values(PLACES[phase])),
      fc.oneof(
        values,
        longNumbers.map((digits) => parseDecimal(digits) as Value),
      ),
    ),
    system: some(SYSTEM),
    declared: some(FREE),
    isApiKnown: fc.boolean(),
    plugin: some(['own', 'LatencySeconds', 'CaStage']),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    nowMs: fc.nat(4_000_000_000_000),
  });
});

const literals: fc.Arbitrary<Operand> = fc.oneof(
  texts.map((value) => ({ kind: 'text' as const, value, column: 0 })),
  texts.filter((text) => /^-?\d+(\.\d+)?$/.test(text)).map((value) => ({ kind: 'number' as const, value, column: 0 })),
  fc.boolean().map((value) => ({ kind: 'boolean' as const, value, column: 0 })),
  fc.constant({ kind: 'null' as const, column: 0 }),
);
const operands = fc.oneof(
  fc.constantFrom(...NAMES).map((name): Operand => ({ kind: 'variable', name, column: 0 })),
  literals,
  fc.constantFrom<FunctionName>('Random', 'Timestamp', 'TimeOfDay').map((name) => ({ kind: 'call' as const, name, column: 0 })),
);
const operators = fc.constantFrom<Comparison['operator']>(
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'like',
  '!like',
  'in_cidr',
  '!in_cidr',
);

const comparisons: fc.Arbitrary<Condition> = fc
  .record({
    kind: fc.constant('comparison' as const),
    left: operands,
    operator: operators,
    right: operands,
    column: fc.constant(0),
  })
  .filter(({ operator, right }) => {
    if (right.kind === 'variable' || right.kind === 'call' || !/like|cidr/.test(operator)) return true;
    return right.kind === 'text' && (operator.endsWith('like') || blockOf(right.value) !== null);
  });

const { conditions } = fc.letrec<{ conditions: Condition }>((tie) => ({
  conditions: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparisons,
    tie('conditions').map((term) => ({ kind: 'not' as const, term, column: 0 })),
    fc
      .array(fc.tuple(tie('conditions'), fc.constantFrom('and' as const, 'or' as const, 'xor' as const)), {
        minLength: 2,
        maxLength: 4,
      })
      .map((parts) => ({
        kind: 'chain' as const,
        terms: parts.map(([term]) => term),
        operators: parts.slice(1).map(([, operator]) => operator),
        column: 0,
      })),
  ),
}));

const NO_LIMITS = { length: Infinity, nesting: 1000, parameters: 16 };

function contextOf({ map, phase, declared, isApiKnown, plugin }: World) {
  return {
    parameters: compileParameters(map, phase) as CompiledParameters,
    pluginVariables: Object.keys(plugin),
    ...(isApiKnown && { apiParameters: Object.keys(declared) }),
  };
}

function sourceOf({ places, system, declared, plugin, random, nowMs }: World): ValueSource {
  return {
    nowMs,
    random: () => random,
    system: (name) => system[name] ?? null,
    apiParameter: (name) => declared[name],
    pluginVariable: (name) => plugin[name] ?? null,
    read({ location, name, index, path }) {
      const detail = location === 'XFF' ? String(index) : location === 'BodyJsonField' ? path.join(',') : name;
      return places[detail === null ? location : `${location} ${detail}`] ?? null;
    },
  };
}

describe('a generated condition', () => {
  it('evaluates and explains as the slow evaluator says', () => {
    fc.assert(
      fc.property(conditions, worlds, (ast, all) => {
        const expected = evaluate(ast, all);
        expect(compileCondition(ast, contextOf(all))(sourceOf(all))).toBe(expected);
        expect(explainCondition(ast, contextOf(all), sourceOf(all)).result).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('is parsed back to the same tree from its text', () => {
    fc.assert(
      fc.property(conditions, fc.constantFrom(' ', '\t', '\r\n', '  '), fc.boolean(), (ast, blank, upper) => {
        const result = parseCondition(write(ast, blank, upper), NO_LIMITS);
        expect('ast' in result && withoutColumns(result.ast)).toEqual(withoutColumns(ast));
      }),
      { numRuns: 1000 },
    );
  });

  it('comes to the same as any other of its key, however it is turned round and regrouped', () => {
    const seeds = fc.infiniteStream(fc.nat());
    fc.assert(
      fc.property(conditions, worlds, seeds, (ast, all, chances) => {
        const other = turned(ast, () => chances.next().value as number);
        expect(conditionKey(other)).toBe(conditionKey(ast));
        expect(evaluate(other, all)).toBe(evaluate(ast, all));
      }),
      { numRuns: 1000 },
    );
  });

  it('has no key that one with another result has', () => {
    const small = fc.constantFrom('$a = 1', '1 != $a', '$a < 1', '1 < $a', "$a = '1'", '$b = 1', '$a = $b');
    const joined = fc.tuple(small, fc.constantFrom('and', 'or', 'xor'), small, fc.constantFrom('and', 'or', 'xor'), small);
    const places = fc.record({ a: fc.constantFrom('0', '1', '2', null), b: fc.constantFrom('1', '2') });
    const read = (parts: readonly string[]) => {
      const result = parseCondition(parts.join(' '));
      if (!('ast' in result)) throw new Error('does not parse');
      return result.ast;
    };
    fc.assert(
      fc.property(joined, joined, places, (one, two, { a, b }) => {
        if (conditionKey(read(one)) !== conditionKey(read(two))) return;
        const parameters = compileParameters({ a: 'Query:a', b: 'Query:b' }, 'request') as CompiledParameters;
        const source = { read: ({ name }: { name: string }) => ({ a, b })[name] } as never;
        const result = (ast: Condition) => compileCondition(ast, { parameters })(source);
        expect(result(read(one))).toBe(result(read(two)));
      }),
      { numRuns: 5000 },
    );
  });

  it('is called constant only if no values change it', () => {
    fc.assert(
      fc.property(conditions, worlds, (ast, all) => {
        const constant = isConstant(ast);
        if (constant !== null) expect(evaluate(ast, all)).toBe(constant);
      }),
      { numRuns: 1000 },
    );
  });
});

/** The same, with what may stand in any order in another one. */
function turned(ast: Condition, chance: () => number): Condition {
  if (ast.kind === 'not') return { ...ast, term: turned(ast.term, chance) };
  if (ast.kind === 'comparison') {
    const back = { '=': '=', '!=': '!=', '<': '>', '>': '<', '<=': '>=', '>=': '<=' }[ast.operator as '='];
    if (back === undefined || chance() % 2 === 0) return ast;
    return { ...ast, left: ast.right, operator: back as '=', right: ast.left };
  }
  const terms = ast.terms.map((term) => turned(term, chance));
  const [operator, ...others] = new Set(ast.operators);
  if (operator === undefined || others.length > 0) return { ...ast, terms };
  const shuffled = terms.map((term) => ({ term, at: chance() })).sort((a, b) => a.at - b.at);
  const [first, ...rest] = shuffled.map(({ term }) => term) as [Condition, ...Condition[]];
  if (rest.length < 2 || chance() % 2 === 0) return { ...ast, terms: [first, ...rest] };
  const group = { ...ast, terms: rest, operators: ast.operators.slice(1) };
  return { ...ast, terms: [first, group], operators: [operator] };
}

function evaluate(ast: Condition, all: World): boolean {
  if (ast.kind === 'not') return !evaluate(ast.term, all);
  if (ast.kind === 'comparison') return compare(ast, all);
  const [first, ...rest] = ast.terms as [Condition, ...Condition[]];
  if (rest.length === 0) return evaluate(first, all);
  const left = evaluate(first, all);
  const right = evaluate({ ...ast, terms: rest, operators: ast.operators.slice(1) }, all);
  return { and: left && right, or: left || right, xor: left !== right }[ast.operators[0] as 'and'];
}

type Kind = { kind: 'null' } | { kind: 'text' | 'number' | 'boolean'; text: string };

function kindOf(operand: Operand, all: World): Kind {
  if (operand.kind === 'number') return { kind: 'number', text: operand.value };
  const value = readOf(operand, all);
  if (value === null) return { kind: 'null' };
  if (typeof value === 'object') {
    const { negative, whole, fraction } = value;
    return { kind: 'number', text: `${negative ? '-' : ''}${whole || '0'}.${fraction || '0'}` };
  }
  const kind = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean';
  return { kind, text: typeof value === 'number' ? plain(value) : String(value) };
}

function readOf(operand: Exclude<Operand, { kind: 'number' }>, all: World): Value {
  switch (operand.kind) {
    case 'null':
      return null;
    case 'variable':
      return meaningOf(operand.name, all);
    case 'call':
      if (operand.name === 'Random') return all.random;
      return operand.name === 'Timestamp' ? all.nowMs : all.nowMs - Math.floor(all.nowMs / 86_400_000) * 86_400_000;
    default:
      return operand.value;
  }
}

/** Conditions, section 1: the map, the plugin's own, the API's, the system's, nothing. */
function meaningOf(name: string, { map, phase, places, plugin, declared, system }: World): Value {
  const location = map[name];
  if (location !== undefined) {
    const place = PLACES[phase][location] as string;
    return (place.startsWith('system ') ? system[place.slice('system '.length)] : places[place]) ?? null;
  }
  if (name in plugin) return plugin[name] ?? null;
  if (name in declared) return declared[name] ?? null;
  return system[name === 'CaHttpScheme' ? 'CaHttpSchema' : name] ?? null;
}

function compare({ left, operator, right }: Comparison, all: World): boolean {
  const a = kindOf(left, all);
  const b = kindOf(right, all);
  if (operator.startsWith('!') && operator !== '!=') {
    const positive = operator.slice(1) as 'like' | 'in_cidr';
    if (a.kind === 'null' || b.kind === 'null') return false;
    if (positive === 'in_cidr' && (b.kind !== 'text' || blockOf(b.text) === null)) return false;
    return !compare({ kind: 'comparison', left, operator: positive, right, column: 0 }, all);
  }
  if (operator === '!=') return !compare({ kind: 'comparison', left, operator: '=', right, column: 0 }, all);
  if (a.kind === 'null' || b.kind === 'null') return operator === '=' && a.kind === b.kind;
  if (operator === 'like') return like(normal(a), normal(b));
  if (operator === 'in_cidr') return b.kind === 'text' && (blockOf(b.text)?.(a.text) ?? false);
  if (a.kind === 'boolean' || b.kind === 'boolean') return operator === '=' && a.text.toLowerCase() === b.text.toLowerCase();
  let sign: number | null;
  if (a.kind === 'text' && b.kind === 'text') sign = a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
  else sign = difference(a.text, b.text);
  if (sign === null) return false;
  return { '=': sign === 0, '<': sign < 0, '<=': sign <= 0, '>': sign > 0, '>=': sign >= 0 }[operator as '='];
}

/** Exact, by scaling both to integers. */
function difference(a: string, b: string): number | null {
  const decimal = /^(-?)(\d+)(?:\.(\d+))?$/;
  const [x, y] = [decimal.exec(a), decimal.exec(b)];
  if (x === null || y === null) return null;
  const digits = Math.max(x[3]?.length ?? 0, y[3]?.length ?? 0);
  const scaled = ([, sign, whole, fraction = '']: string[]) =>
    BigInt(`${whole}${fraction.padEnd(digits, '0')}`) * (sign === '-' ? -1n : 1n);
  const [m, n] = [scaled(x), scaled(y)];
  return m < n ? -1 : m > n ? 1 : 0;
}

/** A number as `like` sees it: plain, without superfluous zeros. */
function normal(value: Exclude<Kind, { kind: 'null' }>): string {
  if (value.kind !== 'number') return value.text;
  const [, sign, whole, fraction = ''] = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/.exec(value.text) as unknown as string[];
  const size = `${whole}${fraction && `.${fraction}`}`;
  return size === '0' ? '0' : `${sign}${size}`;
}

/** 1e21 without its exponent, by way of the exponent notation. */
function plain(value: number): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()) ?? [];
  const point = 1 + Number(exponent);
  const digits = `${whole}${fraction}`;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point).padEnd(point, '0')}.${digits.slice(point)}0`;
}

function like(text: string, pattern: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('%')) return like(text, pattern.slice(1)) || (text !== '' && like(text.slice(1), pattern));
  return text !== '' && text[0] === pattern[0] && like(text.slice(1), pattern.slice(1));
}

function blockOf(text: string): ((address: string) => boolean) | null {
  const [network = '', length] = text.split('/');
  const family = isIP(network);
  const bits = length === undefined ? (family === 4 ? 32 : 128) : Number(length);
  if (family === 0 || bits > (family === 4 ? 32 : 128)) return null;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  // The list lets ::/0 hold IPv4 too; for a condition mapped addresses are IPv4, and families do not mix.
  const asIPv4 = (address: string) => isIP(address) === 4 || address.startsWith('::ffff:');
  return (address) =>
    isIP(address) !== 0 && asIPv4(address) === asIPv4(network) && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

function write(ast: Condition, blank: string, upper: boolean): string {
  const word = (text: string) => (upper ? text.toUpperCase() : text);
  const operand = (one: Operand) => {
    if (one.kind === 'variable') return upper ? `\${${one.name}}` : `$${one.name}`;
    if (one.kind === 'text') return one.value.includes("'") ? `"${one.value}"` : `'${one.value}'`;
    if (one.kind === 'number') return one.value;
    if (one.kind === 'call') return `${word(one.name)}${blank}(${blank})`;
    return word(one.kind === 'boolean' ? String(one.value) : 'null');
  };
  if (ast.kind === 'comparison') return [operand(ast.left), word(ast.operator), operand(ast.right)].join(blank);
  if (ast.kind === 'not') return `!${blank}(${write(ast.term, blank, upper)})`;
  const parts = ast.terms.map((term) => (term.kind === 'chain' ? `(${write(term, blank, upper)})` : write(term, blank, upper)));
  return parts.map((part, i) => (i === 0 ? part : `${word(ast.operators[i - 1] as string)}${blank}${part}`)).join(blank);
}

function withoutColumns(ast: Condition): unknown {
  return JSON.parse(JSON.stringify(ast, (key, value) => (key === 'column' ? undefined : value)));
}
