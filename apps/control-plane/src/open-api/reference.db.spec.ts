/** The reference says of every field what it may hold, and of every route what it refuses. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { isSpokenFor } from './examples.js';
import { eachField, type Field } from './fields.js';
import type { Operation } from './operation.js';

/** Texts of documents whose own size is what bounds them: 512 KiB, as everything in them. */
const BOUNDED_BY_BODY = /\.(?:config|schema|jsonSchema|default|minimum|maximum|body|clientIp|stage)$/;

let app: TestApp;
let document: OpenAPIObject;
let operations: [string, Operation][];

beforeAll(async () => {
  app = await startTestApp();
  document = (await app.http.get('/api/openapi.json').expect(200)).body;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, each]): [string, Operation] => [
      `${method} ${path}`,
      each,
    ]),
  );
});
afterAll(() => app.close());

/** Places of the fields of which `isRight` does not hold. */
function wrongFields(isRight: (field: Field, place: string) => boolean): string[] {
  const wrong: string[] = [];
  eachField(document, (_, field, place) => {
    if (!isRight(field, place)) wrong.push(place);
  });
  return [...new Set(wrong)];
}

/** Names of schemas of bodies, and those that they hold. */
function taken(): Set<string> {
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part ?? null).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (names.has(name)) continue;
      names.add(name);
      visit(document.components?.schemas?.[name]);
    }
  };
  for (const [, { requestBody }] of operations) visit(requestBody);
  return names;
}

describe('a field', () => {
  it('has an example, a default or values, or parts that have', () => {
    expect(wrongFields((field) => field.example !== undefined || isSpokenFor(field) || field.type === undefined)).toEqual([]);
  });

  it('of a body has a limit', () => {
    const bodies = taken();
    const isOfBody = (place: string) =>
      bodies.has(place.split(/[.[]/)[0] ?? '') || / .*[^0-9]\./.test(place.replace(/ \d{3}\..*/, ''));
    const hasLimit = ({ type, enum: values, pattern, maxLength, allOf, minimum, maximum, maxItems, format }: Field) => {
      if (values !== undefined) return true;
      if (type === 'string') return [pattern, maxLength, allOf, format].some((each) => each !== undefined);
      if (type === 'integer' || type === 'number') return minimum !== undefined && maximum !== undefined;
      return type !== 'array' || maxItems !== undefined;
    };
    const wrong = wrongFields((field, place) => !isOfBody(place) || BOUNDED_BY_BODY.test(place) || hasLimit(field));
    expect(wrong.filter((place) => !/ \d{3}[.[]/.test(place))).toEqual([]);
  });
});

describe('a route', () => {
  it('answers refusals as problems, and says with which codes', () => {
    const refusals = operations.flatMap(([name, { responses }]) =>
      Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Number(status) < 400 ? [] : [{ name, status, content }],
      ),
    );
    expect(refusals.length).toBeGreaterThan(500);
    const wrong = refusals.filter(
      ({ content }) => !JSON.stringify(content['application/problem+json'] ?? null).includes('"enum":["'),
    );
    expect(wrong.map(({ name, status }) => `${name} ${status}: open-api/codes.ts has none`)).toEqual([]);
  });

  it('has a name, a summary, and an answer for success', () => {
    const names = operations.map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const [name, { summary, responses }] of operations) {
      expect([name, (summary ?? '').length > 5]).toEqual([name, true]);
      expect([name, Object.keys(responses).some((status) => status.startsWith('2'))]).toEqual([name, true]);
    }
  });

  it('takes If-Match where it may answer 412, and a key on every POST', () => {
    for (const [name, { parameters = [], responses }] of operations) {
      const headers = parameters.flatMap((each) =>
        (each as { in: string }).in === 'header' ? [(each as { name: string }).name] : [],
      );
      expect([name, headers.includes('If-Match')]).toEqual([name, responses['412'] !== undefined]);
      expect([name, headers.includes('Idempotency-Key')]).toEqual([name, name.startsWith('post ')]);
    }
  });

  it('that takes If-Match has a read that answers an ETag', () => {
    const reads = new Map(operations.filter(([name]) => name.startsWith('get ')).map(([name, each]) => [name.slice(4), each]));
    for (const [name, { responses }] of operations)
      if (responses['412'] !== undefined)
        expect([name, JSON.stringify(reads.get(name.split(' ')[1] ?? '')?.responses['200']?.headers ?? {})]).toEqual([
          name,
          expect.stringContaining('ETag'),
        ]);
  });

  it('names every parameter of its path, and refers to nothing that is not there', () => {
    for (const [name, { parameters = [] }] of operations) {
      const declared = parameters.flatMap((each) =>
        (each as { in: string }).in === 'path' ? [(each as { name: string }).name] : [],
      );
      expect([name, declared.sort()]).toEqual([name, [...name.matchAll(/\{(\w+)\}/g)].map(([, each]) => each).sort()]);
    }
    const referred = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '');
    expect(referred.filter((name) => document.components?.schemas?.[name] === undefined)).toEqual([]);
  });
});

describe('a deployment and a version', () => {
  it('are read with an ETag, under which a deployment goes offline', async () => {
    const owner = ownerOf(app, app.admin);
    const api = await owner.api(await owner.group());
    const { version } = await owner.deploy(api);
    const { headers } = await owner.send(`GET /apis/${api}/deployments/RELEASE`).expect(200);
    expect(headers.etag).toMatch(/^".{27}"$/);
    expect((await owner.send(`GET /apis/${api}/versions/${version}`).expect(200)).headers.etag).toMatch(/^".{27}"$/);
    await owner.deploy(api);
    const offline = (tag: string) => owner.send(`DELETE /apis/${api}/deployments/RELEASE`).set('If-Match', tag);
    await offline(String(headers.etag)).expect(412);
    const { headers: now } = await owner.send(`GET /apis/${api}/deployments/RELEASE`).expect(200);
    await offline(String(now.etag)).expect(200);
  });
});
