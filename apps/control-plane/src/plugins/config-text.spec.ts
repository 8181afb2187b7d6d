import { describe, expect, it } from '@jest/globals';
import { parseConfigText } from './config-text.js';

const problems = (text: string) => {
  const parsed = parseConfigText(text);
  return 'problems' in parsed ? parsed.problems.map(({ message }) => message) : [];
};

describe('a configuration text', () => {
  it('is YAML with or without the leading dashes, or JSON', () => {
    const config = { type: 'A', n: 1, list: [true, null] };
    expect(parseConfigText('---\ntype: A\nn: 1\nlist: [true, null]\n')).toEqual({ config });
    expect(parseConfigText('type: A\nn: 1\nlist:\n- true\n- ~\n')).toEqual({ config });
    expect(parseConfigText(JSON.stringify(config))).toEqual({ config });
  });

  it('has the types of YAML 1.2: no, on and 010 are not what YAML 1.1 made of them', () => {
    expect(parseConfigText('a: no\nb: on\nc: 010\nd: 1:30\ne: 2001-01-01')).toEqual({
      config: { a: 'no', b: 'on', c: 10, d: '1:30', e: '2001-01-01' },
    });
  });

  it.each([
    ['a: &x 1', 'line 1, column 7: expected a value, found the anchor &x'],
    ['a: 1\nb: *x', 'line 2, column 4: expected a value, found the alias *x'],
    ['a: !!str 1', 'line 1, column 10: expected a value, found the tag tag:yaml.org,2002:str'],
    ['a: 1\n---\nb: 2', 'expected the end, found a second document'],
    ['a: 1\na: 2', 'line 2, column 1: expected a key of its own, found a again'],
    ['{"a": 1, "a": 2}', 'line 1, column 10: expected a key of its own, found a again'],
    ['%YAML 1.1\n---\na: yes', 'expected no directives'],
    ['a: [1, 2', 'line 1, column 9: Flow sequence'],
    ['a: "open', 'line 1, column 9: Missing closing "quote'],
    ['a:\n  b: 1\n c: 2', 'line 3, column 1: '],
    ['? [1, 2]\n: x', 'line 1, column 3: '],
    ['', 'is empty'],
    ['- 1', 'must hold fields and their values'],
    ['just text', 'must hold fields and their values'],
  ])('%j is refused with its place: %s', (text, message) => {
    expect(problems(text).join('\n')).toContain(message);
  });

  it('names every complaint at once', () => {
    expect(problems('a: &x 1\nb: *x\nc: !t 3')).toHaveLength(3);
  });

  it('of up to 51200 bytes of UTF-8 is read, one more is refused', () => {
    const text = (bytes: number) => `a: ${'é'.repeat((bytes - 4) / 2)}x`;
    expect(problems(text(51_200))).toEqual([]);
    expect(problems(`${text(51_200)}x`)).toEqual(['has 51201 bytes, at most 51200 are allowed']);
  });

  it('names at most a hundred complaints', () => {
    expect(problems('}'.repeat(51_000))).toHaveLength(100);
  });

  it.each(['[', '{a: ', '- ', '? ', 'a: ['])('nested without end by %j is refused, before anything recurses', (open) => {
    const nested = open.repeat(51_000 / open.length);
    for (const text of [nested, `a:\n  ${nested}`]) expect(problems(text)).toEqual(['is nested more than 32 levels deep']);
  });

  it('may nest thirty-two deep', () => {
    const nested = (depth: number) => `a: ${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}`;
    expect(problems(nested(32))).toEqual([]);
    expect(problems(nested(34))).toEqual(['is nested more than 32 levels deep']);
  });
});
