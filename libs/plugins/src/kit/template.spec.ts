/** What stands in `${...}` is filled in, all else stays as it is written (plugins, section 6). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeExchange } from '../testing/make-exchange.js';
import { compileParametersMap } from './condition-fields.js';
import { RequestSource } from './request-source.js';
import { compileTemplate, MAX_FILLED_LENGTH } from './template.js';

const parameters = compileParametersMap({ q: 'Query:q', f: 'Form:f', body: 'BodyJsonField:$.a' }, 'request');
const sourceOf = (target: string, body?: string) =>
  new RequestSource(makeExchange(target, body === undefined ? {} : { body }), [], () => 0.5);
const compile = (text: string) => compileTemplate(text, { parameters, apiParameters: ['tier'] });
const fill = (text: string, target = '/?q=1', body?: string) => compile(text).fill(sourceOf(target, body));

describe('a template', () => {
  it.each([
    ['plain', 'plain'],
    ['a ${q} b', 'a 1 b'],
    ['${q}${q}', '11'],
    ['${none}|${tier}|${f}', '||'],
    ['${CaStage} ${CaAppId}', 'RELEASE '],
    ['$q $ {q} ${ q } ${q ${1q} $${q} ${}', '$q $ {q} ${ q } ${q ${1q} $1 ${}'],
    ['\\${q}', '\\1'],
  ])('%s is filled as %s', (text, expected) => {
    expect(fill(text)).toBe(expected);
  });

  it('inserts a value as it is, once: what that spells is no variable', () => {
    expect(fill('<${q}>', '/?q=%24%7Bq%7D%3Cb%3E')).toBe('<${q}<b>>');
  });

  it('writes values that are no text as JSON does', () => {
    expect(['1.50', 'true', '{"b":[1]}', 'null'].map((a) => fill('${body}', '/', `{"a":${a}}`))).toEqual([
      '1.5',
      'true',
      '{"b":[1]}',
      '',
    ]);
  });

  it('without variables stays what it is', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('${')),
        (text) => {
          expect([compile(text).constant, compile(text).fill(sourceOf('/'))]).toEqual([text, text]);
        },
      ),
    );
  });

  it('is cut where a client could make it grow', () => {
    const filled = fill('${q}'.repeat(10_000), `/?q=${'x'.repeat(8000)}`);
    expect(filled.length).toBe(MAX_FILLED_LENGTH);
  });

  it('that is full reads no more values', () => {
    const source = sourceOf(`/?q=${'x'.repeat(8000)}`);
    let reads = 0;
    const read = source.read.bind(source);
    source.read = (at) => {
      reads++;
      return read(at);
    };
    compile('${q}'.repeat(1000)).fill(source);
    expect(reads).toBe(Math.ceil(MAX_FILLED_LENGTH / 8000));
  });

  it('says what must have been read before', () => {
    expect(['${q}', '${f}', '${body}', 'x'].map((text) => compile(text).needs)).toEqual([
      { form: false, body: false },
      { form: true, body: false },
      { form: false, body: true },
      { form: false, body: false },
    ]);
  });
});
