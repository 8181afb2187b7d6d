/** Whatever a client sends on whatever route, the answer names the fault, and a refused write leaves nothing behind: a walk over the reference. */
import { request as openRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { bodiesOf, queryOf } from '../testing/walk/bodies.js';
import { digestOf } from '../testing/walk/digest.js';
import { buildEstate, type Estate } from '../testing/walk/estate.js';
import { HOSTILE_TEXTS, mutationsOf } from '../testing/walk/mutations.js';
import { fillPath, type Operation, readOperations, seedKeys } from '../testing/walk/operations.js';

let app: TestApp;
let operations: Operation[];
let owner: Owner;
let estate: Estate;
let wrong: string[];

jest.setTimeout(600_000);

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_LIMITS_TOKEN_REQUESTS: '1000000', CAUSEWAY_LOG_LEVEL: 'warn' });
  operations = await readOperations(app);
  owner = ownerOf(app, app.admin);
  estate = await buildEstate(owner, owner, 'HOSTILE');
}, 120_000);
afterAll(() => app.close());
beforeEach(() => {
  wrong = [];
});

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly { readonly path: string }[];
  readonly text: string;
}

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;
const seedOf = ({ path }: Operation, name: string) => estate.paths[seedKeys(path).get(name) ?? ''] ?? '';
const placeOf = (operation: Operation) => fillPath(operation.path, (name) => seedOf(operation, name));
/** A body that the route takes; undefined where it takes none. */
const textOf = (operation: Operation) => {
  const [body] = bodiesOf(operation, estate);
  return body === undefined ? undefined : JSON.stringify(body);
};
const writes = () => operations.filter(({ method }) => method !== 'GET');
const withBody = () => operations.filter(({ bodies }) => Object.keys(bodies).length > 0);

/** A connection for each, so that none is reused while the server closes it. */
function send(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { authorization: app.admin, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers };
    const request = openRequest(`${app.url}/api/v1${path}`, { method, headers: all, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('end', () => {
        const text = Buffer.concat(parts).toString();
        const isProblem = response.headers['content-type']?.startsWith('application/problem+json') === true;
        const { code = '', errors = [] } = isProblem ? JSON.parse(text) : {};
        resolve({ status: response.statusCode ?? 0, code, errors, text });
      });
    });
    // What is too large is answered before it was sent whole: then the promise is kept already.
    request.once('error', reject);
    request.end(body);
  });
}

/** With what its query must hold. */
const withQuery = (operation: Operation, path: string, query: object = {}) =>
  `${path}?${new URLSearchParams({ ...queryOf(operation, estate), ...query })}`;

/** Notes what is no refusal, or one that the reference does not know. */
function judge(operation: Operation, what: string, answer: Answer, allowed: (answer: Answer) => boolean = () => true): void {
  const { status, code, text } = answer;
  const isRefusal = status >= 400 && status < 500 && code !== '' && allowed(answer);
  if (!isRefusal) wrong.push(`${nameOf(operation)} ${what}: ${status} ${text.slice(0, 160)}`);
  else if (!operation.statuses.includes(String(status)))
    wrong.push(`${nameOf(operation)} ${what}: ${status} is not in the reference`);
  else if (!(operation.codes[status] ?? []).includes(code) && !PARSER_CODES.has(code))
    wrong.push(`${nameOf(operation)} ${what}: the reference knows no ${status} ${code}: add it to open-api/codes.ts`);
}

/** Of requests that no route saw. */
const PARSER_CODES = new Set(['BadRequest', 'NotFound']);

/** Runs a part of the walk; then nothing may have been stored, nor anything failed here. */
async function leavingNoTrace(walk: () => Promise<void>): Promise<void> {
  const before = await digestOf(app);
  await walk();
  expect(wrong).toEqual([]);
  expect(await digestOf(app)).toEqual(before);
  expect(app.log()).not.toContain('"level":50');
}

/** Routes that judge each of many on its own, and answer 200 with what they found. */
const JUDGING = /^POST \/(?:plugins\/check|groups\/\{groupId\}\/(?:apis\/batch|deployments))$/;

/** What a write takes away by name: what is not there is a success that did nothing, and is in the audit log. */
const UNMATCHED = new Set(['DELETE /tags key']);

/** A few at a time, as the pool of the database takes them. */
async function inTurns<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all];
  const worker = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

describe('a body', () => {
  it('with one field wrong is refused at that field', () =>
    leavingNoTrace(async () => {
      let count = 0;
      for (const operation of withBody()) {
        const [[type, schema] = ['', {}]] = Object.entries(operation.bodies);
        const [valid] = bodiesOf(operation, estate);
        const mutations = mutationsOf(schema, valid, operation.method === 'PATCH');
        count += mutations.length;
        await inTurns(mutations, async ({ path, how, body }) => {
          const answer = await send(operation.method, placeOf(operation), JSON.stringify(body), { 'content-type': type });
          if (answer.status === 200 && JUDGING.test(nameOf(operation)) && /"(?:problems?|code)":/.test(answer.text)) return;
          judge(operation, `${path} ${how}`, answer, ({ status, code, errors }) => {
            // What is no JSON object the parser refuses, which knows no fields.
            const isParsers = path === '' && code === 'BadRequest';
            return status !== 400 || isParsers || errors.some((told) => isAbout(told.path, path));
          });
        });
      }
      expect(count).toBeGreaterThan(500);
    }));

  it('of another type, in another coding, or too large is refused before it is read', () =>
    leavingNoTrace(async () => {
      const types = ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/json; charset=latin-7'];
      const huge = JSON.stringify({ name: 'x'.repeat(1_048_576) });
      for (const operation of withBody()) {
        const put = (text: string, headers = {}) => send(operation.method, placeOf(operation), text, headers);
        for (const type of types)
          judge(operation, type, await put('{}', { 'content-type': type }), ({ status }) => status === 415);
        judge(operation, 'of 1 MB', await put(huge), ({ status }) => status === 413);
        const broken = ['{"name": ', '"x"', '\u{feff}{}{}', '[[[[', '{"a":1e999999}'];
        // Where every field may be left out, a POST may leave out the body.
        for (const text of operation.method === 'POST' ? broken : [...broken, ''])
          judge(operation, JSON.stringify(text), await put(text));
      }
    }));
});

describe('a path', () => {
  it('that names nothing is 404, whatever stands in it', () =>
    leavingNoTrace(async () => {
      const texts = [...HOSTILE_TEXTS, '\0', '-1', '0', '9'.repeat(40), 'NaN', 'x'.repeat(2000), '💩'];
      for (const operation of operations)
        for (const [hostile] of seedKeys(operation.path))
          await inTurns(texts, async (text) => {
            const path = fillPath(operation.path, (name) => (name === hostile ? text : seedOf(operation, name)));
            const answer = await send(operation.method, withQuery(operation, path), textOf(operation));
            const what = `${hostile} ${JSON.stringify(text.slice(0, 40))}`;
            judge(operation, what, answer, ({ status }) => status === 404 || status === 400);
          });
    }));
});

describe('a query', () => {
  it('with a bad cursor or a bad value is refused, and nothing in it is more than text', () =>
    leavingNoTrace(async () => {
      const texts = [...HOSTILE_TEXTS, '\0', '-1', '1e9', 'AA==', 'x'.repeat(2000)];
      for (const operation of operations)
        for (const { name, schema, in: place } of operation.parameters) {
          if (place !== 'query' || UNMATCHED.has(`${nameOf(operation)} ${name}`)) continue;
          const isText = name !== 'cursor' && schema.enum === undefined && (schema.type === 'string' || schema.type === 'array');
          await inTurns(texts, async (text) => {
            const path = withQuery(operation, placeOf(operation), { [name]: text });
            const answer = await send(operation.method, path, textOf(operation));
            // A filter that nothing matches is an empty list.
            const isNothing = operation.method === 'GET' && isText && answer.status === 200;
            if (!isNothing) judge(operation, `?${name}=${JSON.stringify(text.slice(0, 40))}`, answer);
          });
        }
    }));
});

describe('a header', () => {
  it(
    'If-Match with anything but the version is 412, wherever it is taken',
    () =>
      leavingNoTrace(async () => {
        const taking = operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'If-Match'));
        expect(taking.length).toBeGreaterThan(10);
        for (const operation of taking) {
          const [body] = bodiesOf(operation, estate);
          for (const tag of ['"stale"', 'W/"stale"', '"', 'x', ',', '"a","b"', "' OR '1'='1", `"${'x'.repeat(4000)}"`, '**'])
            judge(
              operation,
              `If-Match ${tag.slice(0, 20)}`,
              await send(operation.method, placeOf(operation), body === undefined ? undefined : JSON.stringify(body), {
                'if-match': tag,
              }),
              ({ status }) => status === 412,
            );
        }
      }),
    120_000,
  );

  it(
    'Idempotency-Key of another shape is 400 on every POST',
    () =>
      leavingNoTrace(async () => {
        for (const operation of writes().filter(({ method }) => method === 'POST')) {
          const [body] = bodiesOf(operation, estate);
          for (const key of ['a b', 'x'.repeat(129), 'ä'])
            judge(
              operation,
              `Idempotency-Key ${key.slice(0, 10)}`,
              await send('POST', placeOf(operation), JSON.stringify(body ?? {}), { 'idempotency-key': key }),
              ({ code }) => code === 'InvalidIdempotencyKey' || code === 'InvalidRequest',
            );
        }
      }),
    60_000,
  );
});

describe('a text', () => {
  it('of SQL, templates or markup that is taken comes back as it was', async () => {
    const fields = ['name', 'description', 'alias', 'extend', 'secret'];
    for (const operation of withBody().filter(({ method }) => method === 'POST')) {
      const [schema] = Object.values(operation.bodies);
      const [valid] = bodiesOf(operation, estate);
      for (const field of fields.filter((name) => name in (schema?.properties ?? {})))
        for (const text of HOSTILE_TEXTS) {
          const { status, text: answer } = await send('POST', placeOf(operation), JSON.stringify({ ...valid, [field]: text }));
          const shown = status < 300 ? JSON.parse(answer)[field] : undefined;
          if (status >= 500 || (shown !== undefined && shown !== text))
            wrong.push(`${nameOf(operation)} ${field}: ${status} ${answer.slice(0, 160)}`);
        }
    }
    expect(wrong).toEqual([]);
    expect(app.log()).not.toContain('"level":50');
  }, 60_000);
});

/** Of the field, of what it stands in, or of what stands in it. */
function isAbout(told: string, path: string): boolean {
  return (
    told === '' || path === '' || path.startsWith(told) || told.startsWith(path) || told.startsWith(path.replace(/\[0\]$/, ''))
  );
}
