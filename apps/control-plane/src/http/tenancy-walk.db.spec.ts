/** No route shows or changes what is another account's: a walk over the reference, so that a new route is walked from its first day. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { bodiesOf, queryOf, referencesIn } from '../testing/walk/bodies.js';
import { digestOf } from '../testing/walk/digest.js';
import { buildEstate, type Estate } from '../testing/walk/estate.js';
import { fillPath, type Operation, readOperations, seedKeys } from '../testing/walk/operations.js';
import { callOwn, inOrder } from '../testing/walk/own-routes.js';

let app: TestApp;
let operations: Operation[];
/** Owns nothing of `theirs`, and is an admin in its own account. */
let stranger: Owner;
let own: Estate;
let theirs: Estate;
/** Ids and names that must show in no answer to the stranger. */
let secrets: string[];

/** Seen by all accounts, and written by the operator. */
const OPERATORS = new Set(['instances/*', 'accounts/*']);
/** Counted up for everybody: a number that names what is one's own at that time. */
const NUMBERS = new Set(['revisions/*']);
/** Fields that may name what is another account’s. */
const OPEN_REFERENCES: readonly RegExp[] = [
  // An API is granted to apps of any account.
  /^POST \/grants (?:appId|appIds)$/,
  // Labels of networks, which are no resources here.
  / vpcIds$/,
  // Instances are there for all accounts.
  / instanceId$/,
];

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_LIMITS_TOKEN_REQUESTS: '1000000' });
  operations = await readOperations(app);
  const operator = ownerOf(app, app.admin);
  stranger = ownerOf(app, await app.token('admin', await app.account('stranger')));
  const victim = ownerOf(app, await app.token('admin', await app.account('victim')));
  own = await buildEstate(stranger, operator, 'STRANGER');
  theirs = await buildEstate(victim, operator, 'VICTIM');
  const hidden = Object.entries(theirs.paths).filter(([key]) => !OPERATORS.has(key) && !NUMBERS.has(key));
  secrets = hidden.map(([, value]) => value);
}, 120_000);
afterAll(() => app.close());

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

/** Sends the body as the route takes it first; `query` lies over what the query must hold. */
async function send(by: Owner, operation: Operation, seedOf: (name: string) => string, body?: object, query: object = {}) {
  const { method, path, bodies } = operation;
  const filled = new URLSearchParams({ ...queryOf(operation, own), ...query }).toString();
  const request = by.send(`${method} ${fillPath(path, seedOf)}?${filled}`);
  const [type] = Object.keys(bodies);
  return body === undefined || type === undefined ? await request : await request.set('Content-Type', type).send(body);
}

function leaks(text: string): string[] {
  return secrets.filter((secret) => text.includes(secret));
}

describe('the estates', () => {
  it('have a seed for every parameter of every path', () => {
    const missing = operations.flatMap(({ path }) => [...seedKeys(path).values()].filter((key) => !(key in own.paths)));
    expect([...new Set(missing)].map((key) => `testing/walk/estate.ts makes nothing for ${key}: add it to paths`)).toEqual([]);
  });

  it('have a value for every field and filter that names something', () => {
    const missing = operations.flatMap((operation) => {
      const [schema] = Object.values(operation.bodies);
      const filters = operation.parameters.filter((each) => each.in === 'query' && /Ids?$/.test(each.name));
      const names = [...referencesIn(schema, own), ...filters.map(({ name }) => name)];
      return names.filter((name) => !(name in own.references)).map((name) => `${nameOf(operation)} ${name}`);
    });
    expect(missing.map((place) => `testing/walk/estate.ts knows no value for ${place}: add it to references`)).toEqual([]);
  });
});

describe('a stranger', () => {
  it('is answered 404 wherever a path names what is another account’s, alone or below what is its own', async () => {
    const before = await digestOf(app);
    const wrong: string[] = [];
    for (const operation of operations) {
      const keys = [...seedKeys(operation.path)].filter(([, key]) => !NUMBERS.has(key));
      for (const taken of subsets(keys)) {
        const seedOf = (name: string) =>
          (taken.some(([each]) => each === name) ? theirs : own).paths[keyOf(operation, name)] ?? '';
        const isShared = taken.every(([, key]) => OPERATORS.has(key));
        for (const body of bodiesOf(operation, own)) {
          const { status, text } = await send(stranger, operation, seedOf, body);
          const expected = !isShared
            ? [404]
            : operation.path.startsWith('/instances') && operation.method === 'GET'
              ? [200]
              : [403];
          if (!expected.includes(status) || (status < 400 && leaks(text).length > 0))
            wrong.push(
              `${nameOf(operation)} with their ${taken.map(([name]) => name).join(', ')}: ${status} ${text.slice(0, 200)}`,
            );
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(await digestOf(app)).toEqual(before);
  });

  it('cannot name what is another account’s in a body', async () => {
    const before = await digestOf(app);
    const wrong: string[] = [];
    const walked = new Set<string>();
    for (const operation of operations) {
      const [schema] = Object.values(operation.bodies);
      for (const name of referencesIn(schema, own)) {
        const place = `${nameOf(operation)} ${name}`;
        if (OPEN_REFERENCES.some((open) => open.test(place)) || OPERATORS.has(seedKeys(operation.path).get('id') ?? '')) continue;
        for (const body of bodiesOf(operation, own)) {
          if (body === undefined || (!(name in body) && name !== 'version')) continue;
          walked.add(place);
          const seedOf = (each: string) => own.paths[keyOf(operation, each)] ?? '';
          const { status, text } = await send(stranger, operation, seedOf, { ...body, [name]: theirs.references[name] });
          // A list of items answers each by itself; the digest shows that none was done.
          const isRefused = [403, 404, 409, 422].includes(status) || (status === 200 && /"code":"NotFound/.test(text));
          if (!isRefused) wrong.push(`${place}: ${status} ${text.slice(0, 200)}`);
        }
        if (!walked.has(place)) wrong.push(`${place}: no body has it; add a shape to testing/walk/bodies.ts`);
      }
    }
    expect(wrong).toEqual([]);
    expect(walked.size).toBeGreaterThan(5);
    expect(await digestOf(app)).toEqual(before);
  });

  it('cannot name what is another account’s in the query of a write', async () => {
    const before = await digestOf(app);
    const wrong: string[] = [];
    for (const operation of operations.filter(({ method }) => method !== 'GET'))
      for (const { name, in: place } of operation.parameters) {
        if (place !== 'query' || !(name in theirs.references) || name === 'instanceId') continue;
        const [body] = bodiesOf(operation, own);
        const seedOf = (each: string) => own.paths[keyOf(operation, each)] ?? '';
        const { status, text } = await send(stranger, operation, seedOf, body, { [name]: theirs.references[name] });
        if (![403, 404, 409, 422].includes(status)) wrong.push(`${nameOf(operation)} ${name}: ${status} ${text.slice(0, 200)}`);
      }
    expect(wrong).toEqual([]);
    expect(await digestOf(app)).toEqual(before);
  });

  it('finds nothing of another account in any list or read, filtered for it or not', async () => {
    const wrong: string[] = [];
    for (const operation of operations.filter(({ method }) => method === 'GET')) {
      const filters = operation.parameters.filter((each) => each.in === 'query' && each.name in theirs.references);
      for (const query of [{}, ...filters.map(({ name }) => ({ [name]: String([theirs.references[name]].flat()[0]) }))]) {
        const seedOf = (name: string) => own.paths[keyOf(operation, name)] ?? '';
        const { status, text } = await send(stranger, operation, seedOf, undefined, query);
        const isRight = (status === 200 && leaks(text).length === 0) || [403, 404].includes(status);
        const place = `${nameOf(operation)} ${JSON.stringify(query)}`;
        if (!isRight) wrong.push(`${place}: ${status} ${leaks(text).join(' ')} ${text.slice(0, 200)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('reaches what is its own on every one of these routes, or the walk proves nothing', async () => {
    const wrong: string[] = [];
    const reachable = operations.filter(({ path }) => seedKeys(path).size > 0 && !/^\/(?:instances|accounts)/.test(path));
    for (const operation of inOrder(reachable, own)) {
      const [body] = bodiesOf(operation, own);
      const { status, text } = await callOwn(stranger, operation, own, body);
      if (status >= 500 || [400, 403, 404].includes(status)) wrong.push(`${nameOf(operation)}: ${status} ${text.slice(0, 300)}`);
    }
    expect(wrong).toEqual([]);
  });
});

function keyOf({ path }: Operation, name: string): string {
  return seedKeys(path).get(name) ?? '';
}

/** Not empty. */
function subsets<T>(all: readonly T[]): T[][] {
  const some: T[][] = [];
  for (let bits = 1; bits < 2 ** all.length; bits++) some.push(all.filter((_, index) => (bits >> index) % 2 === 1));
  return some;
}
