/** What is said of a transformer configuration is so for every request and answer. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPlugin } from './check.js';
import { Answer } from './kit/answer.js';
import { Outgoing } from './kit/outgoing.js';
import { doubtsOf, without } from './testing/doubts-of.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';
import { transformer } from './transformer.js';

const doubts = (config: object) => doubtsOf('transformer', config);
const header = (name: string, value?: string) => ({ name, location: 'header', ...(value !== undefined && { value }) });
const query = (name: string, value?: string) => ({ name, location: 'query', ...(value !== undefined && { value }) });

it.each<[string, object, string[]]>([
  [
    'names apart',
    {
      removeRequestParameter: [query('a')],
      putRequestParameter: [header('a', '1'), query('A', '1')],
      addRequestParameterIfAbsent: [query('b', '1')],
    },
    [],
  ],
  [
    'removed and put',
    { removeRequestParameter: [query('b'), header('X-A')], putRequestParameter: [header('x-a', '1')] },
    ['undone removeRequestParameter[1]'],
  ],
  [
    // What was sent is taken away, and something else added.
    'removed and added',
    { removeRequestParameter: [query('a')], addRequestParameterIfAbsent: [query('a', '1')] },
    [],
  ],
  [
    'put and added',
    { putRequestParameter: [header('X-A', '1')], addRequestParameterIfAbsent: [header('x-a', '2'), query('x-a', '2')] },
    ['no-effect addRequestParameterIfAbsent[0]'],
  ],
  [
    'put and added twice',
    { putRequestParameter: [query('a', '1'), query('a', '2')], addRequestParameterIfAbsent: [query('b', '1'), query('b', '2')] },
    ['no-effect addRequestParameterIfAbsent[1]', 'overridden putRequestParameter[0]'],
  ],
  [
    'of an answer',
    {
      removeResponseHeader: [{ name: 'X-A' }],
      putResponseHeader: [
        { name: 'x-a', value: 1 },
        { name: 'X-A', value: 2 },
      ],
      addResponseHeaderIfAbsent: [{ name: 'x-A', value: 3 }],
    },
    ['no-effect addResponseHeaderIfAbsent[0]', 'undone removeResponseHeader[0]'],
  ],
])('items %s', (_, config, expected) => expect(doubts(config).sort()).toEqual(expected));

it('items that are undone, overridden or without effect can be left out, and nothing changes', () => {
  const name = fc.constantFrom('a', 'A', 'b');
  const value = fc.constantFrom('', '1', '2');
  const location = fc.constantFrom('header', 'query', 'form');
  const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 });
  const configs = fc.record({
    removeRequestParameter: list(fc.record({ name, location })),
    putRequestParameter: list(fc.record({ name, value, location })),
    addRequestParameterIfAbsent: list(fc.record({ name, value, location })),
    removeResponseHeader: list(fc.record({ name })),
    putResponseHeader: list(fc.record({ name, value })),
    addResponseHeaderIfAbsent: list(fc.record({ name, value })),
  });
  const sent = fc.record({
    headers: list(name),
    query: fc.constantFrom('', 'a=7', 'b=7&a=8'),
    form: fc.constantFrom('a=9', 'b', null),
  });
  fc.assert(
    fc.property(configs, sent, (config, given) => {
      const real = changed(config, given);
      for (const doubt of doubts(config)) {
        const [code, path = ''] = doubt.split(' ');
        if (code === 'undone' || code === 'overridden' || code === 'no-effect')
          expect(changed(without(config, path), given)).toEqual(real);
      }
    }),
    { numRuns: 1000 },
  );
});

/** What leaves for the backend, and for the client. */
function changed(config: object, given: { headers: readonly string[]; query: string; form: string | null }) {
  const steps = transformer.compile(checkPlugin('transformer', config).config as never, compileContext());
  const headers = given.headers.flatMap((name) => [name, 'old']);
  const out = Object.assign(new Outgoing('POST', '/', given.query, 'h'), {
    headers: [...headers],
    form: given.form,
    body: 'rebuilt',
  });
  steps.mapped?.(makeExchange('/'), out);
  const answer = new Answer(200, [...headers], null);
  answer.fromBackend = true;
  steps.response?.(makeExchange('/'), answer);
  return [pairsOf(out.headers), partsOf(out.query), partsOf(out.form ?? ''), pairsOf(answer.headers)];
}

/** In no order: what is put again stands further behind. */
function pairsOf(headers: readonly string[]): string[] {
  return headers.flatMap((name, n) => (n % 2 === 0 ? [`${name.toLowerCase()}: ${headers[n + 1]}`] : [])).sort();
}

function partsOf(pairs: string): string[] {
  return pairs.split('&').sort();
}
