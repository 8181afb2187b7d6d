/** Errors of backends become what the owner wants to say, all else goes through untouched (plugins 5.9). */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { checkPlugin } from './check.js';
import { errorMapping } from './error-mapping.js';
import { Answer, type BodySink, type BodySource, refuse } from './kit/answer.js';
import type { CompileContext } from './kit/plugin.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';

function compile(config: object, context: Partial<CompileContext> = {}) {
  const { config: checked, problems } = checkPlugin('errorMapping', config);
  if (checked === null) throw new Error(JSON.stringify(problems));
  return errorMapping.compile(checked as never, compileContext(context)).response!;
}

function backend(status: number, body: Buffer | string | BodySource | null, headers: string[] = []): Answer {
  const made = new Answer(status, headers, typeof body === 'string' ? Buffer.from(body) : body);
  made.fromBackend = true;
  return made;
}

/** Counts who looks, and gives its pieces when it is asked for them. */
class Watched implements BodySource {
  looked = false;
  constructor(private readonly pieces: Buffer[]) {}
  whole(): null {
    return null;
  }
  flow(sink: BodySink): void {
    this.looked = true;
    queueMicrotask(() => {
      for (const piece of this.pieces) sink.write(piece);
      sink.end();
    });
  }
  resume(): void {}
  cancel(): void {}
}

const BY_CODE = {
  parameters: { status: 'StatusCode', code: 'BodyJsonField:$.code', id: 'BodyJsonField:$.id', type: 'Header:Content-Type' },
  errorCondition: "$status = 200 and $code <> 'OK'",
  errorCode: 'code',
  mappings: [
    { code: 'GONE', statusCode: 410, errorMessage: 'gone, ${id}' },
    { condition: "$code like 'BAD%'", statusCode: '400', responseBody: '{"bad":"${code}"}', responseHeaders: { 'X-Bad': 'yes' } },
    { code: 404, statusCode: 404 },
  ],
};
const x = makeExchange('/');

describe('an answer of a backend', () => {
  it.each([
    ['{"code":"OK"}', 200, null, '{"code":"OK"}'],
    ['{"code":"GONE","id":7}', 410, 'gone, 7', '{"code":"GONE","id":7}'],
    ['{"code":"BAD_ID"}', 400, null, '{"bad":"BAD_ID"}'],
    ['{"code":404}', 404, null, '{"code":404}'],
    ['{"code":"other"}', 200, null, '{"code":"other"}'],
    ['{}', 200, null, '{}'],
    ['no json', 200, null, 'no json'],
  ])('%s becomes %s', async (body, status, message, left) => {
    const answer = await compile(BY_CODE)(x, backend(200, body, ['Content-Type', 'application/json']));
    expect(answer).toMatchObject({ status, errorMessage: message, errorCode: null });
    expect(String(answer.body)).toBe(left);
    expect(answer.headers.slice(0, 2)).toEqual(['Content-Type', 'application/json']);
  });

  it('that nothing fits becomes what the default says, or stays', async () => {
    const config = { ...BY_CODE, defaultMapping: { statusCode: 500, errorMessage: 'unknown ${code}' } };
    expect(await compile(config)(x, backend(200, '{"code":"?"}'))).toMatchObject({ status: 500, errorMessage: 'unknown ?' });
    expect(await compile(config)(x, backend(200, '{}'))).toMatchObject({ status: 500, errorMessage: 'unknown' });
    expect(await compile(config)(x, backend(201, '{"code":"?"}'))).toMatchObject({ status: 201, errorMessage: null });
  });

  it('is read compressed, as far as 16 KiB of JSON', async () => {
    const zipped = (length: number) => gzipSync(`{"code":"GONE","id":"${'x'.repeat(length)}"}`);
    const run = (length: number) => compile(BY_CODE)(x, backend(200, zipped(length), ['Content-Encoding', 'gzip']));
    expect([(await run(16_000)).status, (await run(17_000)).status]).toEqual([410, 200]);
  });

  it('with a body of its own loses what spoke of the old one, but not what the mapping names', async () => {
    const mapping = { ...BY_CODE.mappings[1], responseHeaders: { ETag: '"n"' } };
    const made = backend(200, '{"code":"BAD"}', ['Content-Length', '14', 'etag', '"o"', 'X', '1']);
    const { headers } = await compile({ ...BY_CODE, mappings: [mapping] })(x, made);
    expect(headers).toEqual(['X', '1', 'Content-Type', 'text/plain; charset=utf-8', 'ETag', '"n"']);
  });

  it('of an internal callee that refused is a backend’s: it has no ErrorCode here, and keeps its own', async () => {
    const answer = refuse('I403AA');
    answer.fromBackend = true;
    const config = {
      parameters: { code: 'ErrorCode' },
      errorCondition: '$code = null',
      mappings: [{ condition: '1 = 1', statusCode: 404 }],
    };
    expect(await compile(config)(x, answer)).toMatchObject({ status: 404, errorCode: 'I403AA' });
  });
});

describe('a body', () => {
  const piece = Buffer.from('{"code":"GONE"}');

  it('is not waited for where the status alone tells', () => {
    const body = new Watched([piece]);
    const answer = compile(BY_CODE)(x, backend(500, body));
    expect([answer instanceof Promise, body.looked]).toEqual([false, false]);
  });

  it('is not waited for where the mapping needs none', () => {
    const config = {
      parameters: BY_CODE.parameters,
      errorCondition: '$status >= 500',
      mappings: [{ condition: '1 = 1', statusCode: 400 }],
    };
    const body = new Watched([piece]);
    const answer = compile(config)(x, backend(503, body));
    expect(answer).toMatchObject({ status: 400, body });
    expect(body.looked).toBe(false);
  });

  it('is read where a mapping or its text needs it', async () => {
    for (const more of [{ condition: "$code = 'GONE'" }, { condition: '1 = 1', errorMessage: '${code}' }]) {
      const config = {
        parameters: BY_CODE.parameters,
        errorCondition: '$status >= 500',
        mappings: [{ statusCode: 410, ...more }],
      };
      const body = new Watched([piece]);
      expect((await compile(config)(x, backend(503, body))).status).toBe(410);
      expect(body.looked).toBe(true);
    }
  });

  it('decides where it must, though nothing holds without it', async () => {
    const respond = compile({ ...BY_CODE, errorCondition: "$code = 'GONE'" });
    expect((await respond(x, backend(500, new Watched([piece])))).status).toBe(410);
  });

  it.each([
    ['of events', ['content-type', 'Text/Event-Stream; charset=utf-8']],
    ['that says that it is too long', ['Content-Length', '32769']],
  ])('%s is left alone, and is null', async (_, headers) => {
    const config = { ...BY_CODE, defaultMapping: { statusCode: 500 } };
    const body = new Watched([piece]);
    expect(await compile(config)(x, backend(200, body, headers))).toMatchObject({ status: 500, body });
    expect(body.looked).toBe(false);
  });

  it('is judged once where chance takes part', async () => {
    const drawn = [0.1, 0.9, 0.1, 0.9];
    const config = {
      ...BY_CODE,
      errorCondition: "Random() < 0.5 and $code = 'GONE'",
    };
    const respond = compile(config, { random: () => drawn.shift()! });
    expect((await respond(x, backend(200, new Watched([piece])))).status).toBe(410);
    expect((await respond(x, backend(200, new Watched([piece])))).status).toBe(200);
  });
});

describe('an answer of the gateway', () => {
  const config = {
    parameters: { code: 'ErrorCode', status: 'StatusCode', body: 'BodyJsonField:$.a' },
    errorCondition: '$status >= 400 and $body = null',
    mappings: [{ condition: "$code <> ''", statusCode: 502, errorMessage: 'failed: ${code}', responseBody: 'sorry' }],
  };

  it.each(['D504TO', 'D504RE', 'D502BR', 'D503CB', 'D503BB', 'I504RB', 'X504VE'] as const)(
    '%s of the call is mapped, and keeps its code',
    async (code) => {
      const answer = await compile(config)(x, refuse(code, { Reason: 'r', Name: 'n' }));
      expect(answer).toMatchObject({ status: 502, errorCode: code, errorMessage: `failed: ${code}` });
      expect(String(answer.body)).toBe('sorry');
    },
  );

  it.each(['D503RA', 'X503BZ', 'I413RL', 'I508LD', 'A403AC', 'T429PR'] as const)('%s is not', async (code) => {
    const refused = refuse(code);
    const before = structuredClone({ ...refused });
    expect({ ...(await compile(config)(x, refused)) }).toEqual(before);
  });
});

describe('a configuration', () => {
  const mapping = { condition: '1 = 1', statusCode: 400 };
  const base = { parameters: {}, errorCondition: '1 = 1', mappings: [mapping] };

  it.each([
    [{}, ['parameters', 'errorCondition', 'mappings']],
    [{ ...base, mappings: [] }, ['mappings']],
    [{ ...base, errorCondition: '1 = ' }, ['errorCondition']],
    [{ ...base, parameters: { q: 'Query:q' } }, ['parameters.q']],
    [{ ...base, errorCode: 'code' }, ['errorCode']],
    [{ ...base, mappings: [{ statusCode: 400 }] }, ['mappings[0]']],
    [{ ...base, mappings: [{ ...mapping, code: 'A' }] }, ['mappings[0]']],
    [{ ...base, mappings: [{ code: 'A', statusCode: 400 }] }, ['mappings[0].code']],
    [{ ...base, mappings: [{ condition: '1 = 1' }] }, ['mappings[0].statusCode']],
    [{ ...base, mappings: [{ ...mapping, statusCode: 600 }] }, ['mappings[0].statusCode']],
    [{ ...base, mappings: [mapping, { ...mapping, condition: 'x' }] }, ['mappings[1].condition']],
    [{ ...base, defaultMapping: { statusCode: 400, code: 'A' } }, ['defaultMapping.code']],
    [
      { ...base, defaultMapping: { statusCode: 400, responseHeaders: { Upgrade: 'x' } } },
      ['defaultMapping.responseHeaders.Upgrade'],
    ],
    [{ ...base, rules: [] }, ['rules']],
  ])('%j is refused with its paths', (config, paths) => {
    expect(checkPlugin('errorMapping', config).problems.map(({ path }) => path)).toEqual(paths);
  });
});
