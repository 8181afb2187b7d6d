/** Kinds of APIs that ask who calls: signatures of both methods, nonces, signed forms, AppCodes in every place, and what backends learn. */
import { createHash, randomUUID } from 'node:crypto';
import { sign } from '../sign.js';
import { oldApps } from './apps.js';
import { under } from './groups.js';
import { http, type Kind, reached, refused } from './kind.js';
import { accessOf } from './vpc-accesses.js';

/** In all groups, for APIs whose `appCode` is DEFAULT. */
export const APP_CODE_PLACE = { in: 'header', name: 'X-Old-Code' };

/** Knows the key of an app, and not its secret. */
const impostor = { key: oldApps()[0]?.key ?? '', secret: 'guessed' };

const get = (path: string) => ({ method: 'GET', path });

export const signedKinds: readonly Kind[] = [
  {
    name: 'signed',
    inPre: true,
    definition: () => ({
      auth: 'APP',
      request: get('/signed'),
      parameters: [{ name: 'a', in: 'query', backend: { in: 'query', name: 'a' } }],
      backend: http('/#Env#/signed'),
    }),
    samples: (group, app) => {
      const target = under(group, '/signed?b=2&a=1');
      const { headers } = sign({ target, headers: { Accept: 'application/json' } }, app);
      return [
        { target, headers, gets: reached({ line: 'GET /live/signed?a=1' }) },
        { target: `${target}1`, headers, gets: refused(403, 'A403IS') },
        { target, headers: sign({ target }, impostor).headers, gets: refused(403, 'A403IS') },
        { target, gets: refused(400, 'A400MA') },
      ];
    },
  },
  {
    name: 'sha1',
    definition: () => ({ auth: 'APP', signatureMethods: ['HmacSHA1'], request: get('/sha1'), backend: http('/sha1') }),
    samples: (group, app) => {
      const target = under(group, '/sha1');
      return [
        { target, headers: sign({ target, algorithm: 'HmacSHA1' }, app).headers, gets: reached({ line: 'GET /sha1' }) },
        { target, headers: sign({ target }, app).headers, gets: refused(400, 'I400HD') },
      ];
    },
  },
  {
    name: 'nonce',
    definition: () => ({ auth: 'APP', forceNonce: true, request: get('/nonce'), backend: http('/nonce') }),
    samples: (group, app) => {
      const target = under(group, '/nonce');
      const credentials = { 'X-Ca-Nonce': randomUUID(), 'X-Ca-Timestamp': `${Date.now()}` };
      const { headers } = sign({ target, credentials }, app);
      return [
        { target, headers, gets: reached({ line: 'GET /nonce' }) },
        { target, headers, gets: refused(403, 'S403NU') },
        { target, headers: sign({ target }, app).headers, gets: refused(400, 'I400NC') },
      ];
    },
  },
  {
    name: 'signedForm',
    definition: () => ({
      auth: 'APP',
      request: { method: 'POST', path: '/signed-form', mode: 'PASSTHROUGH' },
      backend: http('/signed-form'),
    }),
    samples: (group, app) => {
      const target = under(group, '/signed-form?z=1');
      const form = 'b=two+words&a=';
      const md5 = createHash('md5').update(form).digest('base64');
      const typed = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-MD5': md5 };
      const { headers } = sign({ method: 'POST', target, headers: typed, form }, app);
      return [
        { target, method: 'POST', headers, body: form, gets: reached({ line: 'POST /signed-form?z=1', body: form }) },
        { target, method: 'POST', headers, body: 'b=other&a=', gets: refused(403, 'A403IS') },
      ];
    },
  },
  {
    name: 'codeInHeader',
    inPre: true,
    definition: () => ({
      auth: 'APP',
      appCode: 'HEADER',
      request: { ...get('/code-in-header'), mode: 'PASSTHROUGH' },
      backend: http('/coded'),
    }),
    samples: (group, { appCode }) => {
      const target = under(group, '/code-in-header');
      return [
        { target, headers: { Authorization: `APPCODE ${appCode}` }, gets: reached({ line: 'GET /coded' }) },
        { target, headers: { [APP_CODE_PLACE.name]: appCode }, gets: reached({ line: 'GET /coded' }) },
        { target, headers: { Authorization: 'APPCODE guess' }, gets: refused(400, 'A400AC') },
        { target: `${target}?AppCode=${appCode}`, gets: refused(400, 'A400MA') },
      ];
    },
  },
  {
    name: 'codeInQuery',
    definition: () => ({
      auth: 'APP',
      appCode: 'HEADER_QUERY',
      request: { ...get('/code-in-query'), mode: 'PASSTHROUGH' },
      backend: http('/coded'),
    }),
    samples: (group, { appCode }) => [
      { target: under(group, `/code-in-query?a=1&appcode=${appCode}`), gets: reached({ line: 'GET /coded?a=1' }) },
    ],
  },
  {
    name: 'codeOfGroup',
    definition: () => ({ auth: 'APP', appCode: 'DEFAULT', request: get('/code-of-group'), backend: http('/coded') }),
    samples: (group, { appCode }) => {
      const target = under(group, '/code-of-group');
      return [
        { target, headers: { [APP_CODE_PLACE.name]: appCode }, gets: reached({ line: 'GET /coded' }) },
        { target, gets: refused(400, 'A400MA') },
      ];
    },
  },
  {
    name: 'whoCalls',
    definition: (group) => ({
      auth: 'APP',
      request: get('/who'),
      constants: [{ name: 'env', in: 'query', value: '#Env#' }],
      system: [
        { parameter: 'CaAppId', in: 'header', name: 'X-App-Id' },
        { parameter: 'CaAppKey', in: 'header', name: 'X-App-Key' },
        { parameter: 'CaStage', in: 'query', name: 'stage' },
        { parameter: 'CaApiName', in: 'query', name: 'api' },
        { parameter: 'CaClientIp', in: 'query', name: 'ip' },
      ],
      backend: { type: 'HTTP-VPC', vpcAccessName: accessOf(group).name, path: '/who' },
    }),
    samples: (group, app) => {
      const target = under(group, '/who');
      return [
        {
          target,
          headers: sign({ target }, app).headers,
          gets: reached({
            query: { env: 'live', stage: 'RELEASE', api: 'whoCalls', ip: '127.0.0.1' },
            headers: { 'x-app-id': app.id, 'x-app-key': app.key },
          }),
        },
      ];
    },
  },
];
