/** docs/signing.md is right: its numbers are those of the code, and its programs sign and verify. */
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  backendStringToSign,
  contentMd5,
  frontendStringToSign,
  headersBlock,
  hmacBase64,
  prepareSecret,
  renderStringToSign,
  signBackend,
} from '@causeway/signature';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { namedBlocks } from './blocks.js';
import { ROOT } from './root.js';

const page = readFileSync(join(ROOT, 'docs/signing.md'), 'utf8');
const blocks = namedBlocks(page);
const SECRET = prepareSecret('TESTSECRET');

/** A message as it stands on the page. */
function message(name: string) {
  const [head = '', body = ''] = block(name).split('\n\n');
  const [start = '', ...lines] = head.split('\n');
  const [method = '', target = ''] = start.split(' ');
  const [path = '', query = ''] = target.split('?');
  return { method, path, query, headers: headersOf(lines), body };
}

function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
}

function block(name: string): string {
  const found = blocks.get(name);
  if (found === undefined) throw new Error(`the page has no block ${name}`);
  return found;
}

/** What a gateway signs of a request. */
function stringToSign(request: {
  method: string;
  path: string;
  query: string;
  headers: IncomingHttpHeaders;
  body: string;
}): string {
  const { method, path, query, headers, body } = request;
  const value = (name: string) => String(headers[name] ?? '');
  const isForm = value('content-type').startsWith('application/x-www-form-urlencoded');
  const fields = {
    method,
    accept: value('accept'),
    contentMd5: value('content-md5'),
    contentType: value('content-type'),
    date: value('date'),
    path,
    query,
    form: isForm ? body : null,
  };
  return frontendStringToSign(fields, headersBlock(value('x-ca-signature-headers'), value));
}

const signed = { ...headersOf(block('form.signed').split('\n')), 'x-ca-signature-headers': 'X-Ca-Key,X-Ca-Nonce,X-Ca-Timestamp' };

describe('the numbers of docs/signing.md', () => {
  it.each(['form', 'json'])('are those of its request: %s', (name) => {
    const request = message(`${name}.http`);
    const expected = stringToSign({ ...request, headers: { ...request.headers, ...signed } });
    expect(block(`${name}.string`)).toBe(expected);
    const rows = page.split(`${name}.string`)[1] ?? '';
    const written = [...rows.matchAll(/^ *\| `(HmacSHA256)`, or none \| `(.*)` \|\n *\| `(HmacSHA1)` \| `(.*)` \|$/gm)][0];
    expect(written?.slice(1)).toEqual([
      'HmacSHA256',
      hmacBase64('HmacSHA256', SECRET, expected),
      'HmacSHA1',
      hmacBase64('HmacSHA1', SECRET, expected),
    ]);
  });

  it('say the signature once more where it is sent', () => {
    expect(headersOf(block('form.credentials').split('\n'))).toEqual({
      'x-ca-signature-headers': signed['x-ca-signature-headers'],
      'x-ca-signature': hmacBase64('HmacSHA256', SECRET, block('form.string')),
    });
  });

  it('hold the MD5 of the JSON body', () => {
    const { headers, body } = message('json.http');
    expect(headers['content-md5']).toBe(contentMd5(Buffer.from(body)));
  });

  it('show the message that a gateway gives, and where the two strings part', async () => {
    const request = message('json.http');
    const headers = { ...request.headers, ...signed, 'content-type': 'application/json;charset=UTF-8' };
    const server = renderStringToSign(stringToSign({ ...request, headers }));
    expect(block('mismatch.message')).toBe(`Invalid Signature, Server StringToSign:\`${server}\``);
    const { stdout } = await runNode('compare.mjs', [block('mismatch.message'), block('json.string')], {});
    expect(stdout).toBe(`${block('mismatch.compare')}\n`);
  });

  it('are those of the request to a backend', () => {
    const { method, path, query, headers, body } = message('backend.http');
    const request = { method, path, query, contentMd5: contentMd5(Buffer.from(body)), form: null };
    const { signature, signedHeaders } = signBackend(
      { ...request, headers: [['x-shop', 'berlin']] },
      'BACKENDKEY',
      prepareSecret('BACKENDSECRET'),
    );
    expect(headers).toMatchObject({
      'content-md5': request.contentMd5,
      'x-ca-proxy-signature': signature,
      'x-ca-proxy-signature-headers': signedHeaders,
    });
    const all = signedHeaders.split(',').map((name) => [name, headers[name] ?? ''] as const);
    expect(block('backend.string')).toBe(backendStringToSign({ ...request, headers: all }));
  });
});

const TIME_AND_NONCE = { TIMESTAMP: '1790000000000', NONCE: '7c1d9a52-3f0e-4f43-8d43-0a5b0f6c2e11' };
const hasTools = ['openssl', 'curl'].every(isThere);
const itWithTools = hasTools ? it : it.skip;
if (!hasTools) console.warn('openssl or curl is missing: the shell programs of docs/signing.md were not run');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-signing-'));
  for (const [name, code] of blocks) writeFileSync(join(folder, name), code);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the programs of docs/signing.md', () => {
  itWithTools.each([
    ['form.sh', 'HmacSHA256', 'form.string'],
    ['json.sh', 'HmacSHA1', 'json.string'],
  ] as const)('%s sends a request that its %s signature fits, and signs what the page says', async (name, algorithm, written) => {
    const fixed = await received((GATEWAY) => run('sh', [name], { GATEWAY, ...TIME_AND_NONCE }));
    expect(stringToSign(fixed)).toBe(block(written));
    expect(fixed.headers['x-ca-signature']).toBe(hmacBase64(algorithm, SECRET, block(written)));

    const now = await received((GATEWAY) => run('sh', [name], { GATEWAY }));
    expect(now.headers['x-ca-signature']).toBe(hmacBase64(algorithm, SECRET, stringToSign(now)));
    expect(Math.abs(Number(now.headers['x-ca-timestamp']) - Date.now())).toBeLessThan(60_000);
  });

  it('call.mjs sends a request that its signature fits', async () => {
    const request = await received((GATEWAY) => runNode('call.mjs', [], { GATEWAY }));
    expect(request.headers['x-ca-signature']).toBe(hmacBase64('HmacSHA256', SECRET, stringToSign(request)));
    expect(request.headers['content-md5']).toBe(contentMd5(Buffer.from(request.body)));
  });

  it.each(['HmacSHA256', 'HmacSHA1'] as const)('sign.mjs signs form and JSON as the page does, %s', async (algorithm) => {
    const sign = await exportOf<(request: object) => { stringToSign: string; headers: Record<string, string> }>(
      'sign.mjs',
      'sign',
    );
    const given = {
      key: 'TESTKEY',
      secret: 'TESTSECRET',
      timestamp: TIME_AND_NONCE.TIMESTAMP,
      nonce: TIME_AND_NONCE.NONCE,
      algorithm,
    };
    for (const name of ['form', 'json']) {
      const { method, path, query, headers, body } = message(`${name}.http`);
      const url = new URL(`http://gateway${path}?${query}`);
      const content = name === 'form' ? { form: new URLSearchParams(body) } : { body };
      const result = sign({ ...given, ...content, method, url, contentType: headers['content-type'] });
      expect(result.stringToSign).toBe(block(`${name}.string`));
      expect(result.headers['X-Ca-Signature']).toBe(hmacBase64(algorithm, SECRET, block(`${name}.string`)));
    }
  });

  it('verify.mjs takes what a gateway signed, and nothing that was changed', async () => {
    type Verify = (request: object, body: Buffer, secretOf: (key: string) => string | undefined) => boolean;
    const isFromGateway = await exportOf<Verify>('verify.mjs', 'isFromGateway');
    const secretOf = (key: string) => (key === 'BACKENDKEY' ? 'BACKENDSECRET' : undefined);
    const { method, path, query, headers, body } = message('backend.http');
    const sent = { method, url: `${path}?${query}`, headers };
    expect(isFromGateway(sent, Buffer.from(body), secretOf)).toBe(true);
    const changed = (header: string, value: string | undefined) => ({ ...sent, headers: { ...headers, [header]: value } });
    expect(isFromGateway(sent, Buffer.from('{"count":4}'), secretOf)).toBe(false);
    expect(isFromGateway({ ...sent, method: 'POST' }, Buffer.from(body), secretOf)).toBe(false);
    expect(isFromGateway({ ...sent, url: `${path}?warehouse=x` }, Buffer.from(body), secretOf)).toBe(false);
    expect(isFromGateway(changed('x-shop', 'paris'), Buffer.from(body), secretOf)).toBe(false);
    expect(isFromGateway(changed('x-ca-proxy-signature', undefined), Buffer.from(body), secretOf)).toBe(false);
    expect(isFromGateway(changed('x-ca-proxy-signature-secret-key', 'OTHER'), Buffer.from(body), secretOf)).toBe(false);

    const form = { method: 'POST', path: '/a', query: 'x=1', contentMd5: '', form: 'x=2&empty=&y=a+b' };
    const { signature, signedHeaders } = signBackend({ ...form, headers: [] }, 'BACKENDKEY', prepareSecret('BACKENDSECRET'));
    const posted = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-ca-proxy-signature': signature,
      'x-ca-proxy-signature-headers': signedHeaders,
      'x-ca-proxy-signature-secret-key': 'BACKENDKEY',
    };
    expect(isFromGateway({ method: 'POST', url: '/a?x=1', headers: posted }, Buffer.from(form.form), secretOf)).toBe(true);
    expect(isFromGateway({ method: 'POST', url: '/a?x=1', headers: posted }, Buffer.from('x=3'), secretOf)).toBe(false);
  });
});

/** The one request that arrives while `send` runs. */
async function received(send: (gateway: string) => Promise<unknown>) {
  const requests: { method: string; path: string; query: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    requests.push({ method: request.method ?? '', path, query, headers: request.headers, body: await text(request) });
    response.writeHead(200, { connection: 'close' }).end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
  expect(requests).toHaveLength(1);
  return requests[0] as (typeof requests)[0];
}

function run(command: string, args: readonly string[], environment: Record<string, string>) {
  return promisify(execFile)(command, [...args], { cwd: folder, env: { PATH: process.env.PATH ?? '', ...environment } });
}

function runNode(name: string, args: readonly string[], environment: Record<string, string>) {
  return run(process.execPath, [name, ...args], environment);
}

async function exportOf<T>(file: string, name: string): Promise<T> {
  const module = (await import(pathToFileURL(join(folder, file)).href)) as Record<string, unknown>;
  return module[name] as T;
}

function isThere(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
