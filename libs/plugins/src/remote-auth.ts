/** Asks a service whether a request may pass (plugins, section 5.6). */
// hot
import { createHash } from 'node:crypto';
import { HTTP_METHODS } from '@causeway/contract';
import { z } from 'zod';
import { type Answer, headerText, refuse } from './kit/answer.js';
import { checkConditionText, checkParametersMap, compileConditionText, compileParametersMap } from './kit/condition-fields.js';
import { encodeUnreserved } from './kit/encode.js';
import type { Exchange } from './kit/exchange.js';
import { OwnHeaderName, text, whole } from './kit/fields.js';
import { type BackendOverlay, type CompileContext, definePlugin, type Findings, type Problem, type Steps } from './kit/plugin.js';
import { firstValue } from './kit/query.js';
import { ResponseSource } from './kit/response-source.js';
import { type Fetched, FetchFailure } from './kit/services.js';
import { compileTemplate } from './kit/template.js';
import { headerValue } from './kit/values.js';
import { remoteAuthDoubts } from './remote-auth-doubts.js';
import { remoteAuthSummary } from './remote-auth-summary.js';

/** Of the service's answer: what conditions read at most. */
const MAX_ANSWER_BYTES = 16 * 1024;
const MAX_PARAMETERS = 64;
const FORM_TYPE = 'application/x-www-form-urlencoded; charset=UTF-8';

const place = () =>
  z.preprocess((value) => (typeof value === 'string' ? value.toLowerCase() : value), z.enum(['query', 'header', 'form']));
const ParameterName = text(128).pipe(z.string().min(1));

const AuthParameter = z
  .strictObject({
    sourceParameterName: ParameterName,
    sourceLocation: place(),
    targetParameterName: ParameterName,
    targetLocation: place(),
  })
  .superRefine(({ targetLocation, targetParameterName }, context) => {
    const found = targetLocation === 'header' ? OwnHeaderName.safeParse(targetParameterName) : null;
    for (const issue of found?.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: ['targetParameterName'], message: issue.message });
  });

const HeaderList = z
  .union([z.string().transform((list) => list.split(',').map((name) => name.trim())), z.array(z.string())])
  .pipe(z.array(OwnHeaderName).max(64));

const schema = z.strictObject({
  parameters: z.record(z.string(), z.string()).default({}),
  authUriType: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.toUpperCase().replaceAll('_', '-') : value),
      z.enum(['HTTP', 'HTTP-VPC']),
    )
    .default('HTTP'),
  authUri: z.strictObject({
    address: z
      .string()
      .max(512)
      .regex(/^(?:https?:\/\/)?[A-Za-z0-9._~[\]:-]+\/?$/i, 'must be [scheme://]host[:port] with http or https')
      .refine(
        (address) => URL.canParse(address.includes('://') ? address : `http://${address}`),
        'must hold a valid host and port',
      )
      .optional(),
    vpcAccessName: z.string().min(1).max(128).optional().describe('of type HTTP-VPC: a named upstream of the account'),
    path: z
      .string()
      .max(512)
      .regex(/^\/[!$-;=@-Z_a-z~]*$/, 'must start with / and hold characters of a URL path, all others percent-encoded')
      .default('/'),
    method: z
      .preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(HTTP_METHODS))
      .default('POST'),
    timeout: whole(1, 10_000).default(5000).describe('ms'),
  }),
  passThroughBody: z.boolean().default(false).describe('the client’s body is sent on'),
  passThroughPath: z.boolean().default(false).describe('the request path is sent in X-Ca-Remote-Auth-Raw-Path'),
  cachedTimeBySecond: whole(0, 600)
    .default(0)
    .describe('how long a verdict holds for equal parameters; 0: it is asked each time'),
  trimAuthorizationHeaderPrefix: z
    .union([z.boolean(), z.string().max(64)])
    .default(false)
    .describe('true: Bearer or Basic is cut from the Authorization header; text: that'),
  authParameters: z.array(AuthParameter).max(MAX_PARAMETERS).default([]),
  successCondition: z.string({ error: 'must be the text of a condition' }),
  errorMessage: text(4096).optional().describe('value of X-Ca-Error-Message; `${name}` stands for a variable'),
  errorStatusCode: whole(400, 599).default(403),
  errorPassThroughHeaderList: HeaderList.default([]).describe('headers of the service’s answer that a refused client gets'),
});

export type RemoteAuthConfig = z.infer<typeof schema>;
type AuthParameter = RemoteAuthConfig['authParameters'][number];

export const remoteAuth = definePlugin({
  type: 'remoteAuth',
  description: 'Asks a service of yours whether a request may pass.',
  schema,
  secretPaths: [],
  example: `parameters:
  statusCode: "StatusCode"
authUriType: HTTP
authUri:
  address: auth.example.com:8080
  path: /check
  timeout: 2000
authParameters:
- sourceParameterName: token
  sourceLocation: query
  targetParameterName: X-Token
  targetLocation: header
successCondition: "$statusCode = 200"
errorMessage: "not welcome"
cachedTimeBySecond: 60
`,
  check,
  doubts: remoteAuthDoubts,
  describe: remoteAuthSummary,
  diversions: (config) => [
    {
      path: `authUri.${config.authUriType === 'HTTP' ? 'address' : 'vpcAccessName'}`,
      always: false,
      backend: overlayOf(config),
      stage: null,
    },
  ],
  compile(config, context): Steps {
    const ask = compileAsking(config, context);
    const { verdicts } = context.services;
    const keepMs = config.cachedTimeBySecond * 1000;
    const id = configId(config);
    return {
      needsForm: config.passThroughBody || config.authParameters.some(({ sourceLocation }) => sourceLocation === 'form'),
      needsBody: config.passThroughBody,
      caller(x) {
        const values = config.authParameters.map((parameter) => sentBy(x, parameter, config.trimAuthorizationHeaderPrefix));
        if (keepMs === 0) return ask(x, values).then(answerOf, unreachable);
        const key = keyOf(`${context.pluginId} ${id} ${context.api.apiId}`, x, values, config);
        const known = verdicts.get(key) as Verdict | undefined;
        if (known !== undefined) return answerOf(known);
        return ask(x, values).then((verdict) => {
          verdicts.put(key, verdict, keepMs);
          return answerOf(verdict);
        }, unreachable);
      },
    };
  },
});

/** What the service said of a request; null refusal: it may pass. */
interface Verdict {
  readonly refusal: { readonly status: number; readonly message: string | null; readonly headers: readonly string[] } | null;
}

const PASSES: Verdict = { refusal: null };

function answerOf({ refusal }: Verdict): Answer | undefined {
  if (refusal === null) return undefined;
  const answer = refuse('A403RA');
  answer.status = refusal.status;
  if (refusal.message !== null) answer.errorMessage = refusal.message;
  answer.headers.push(...refusal.headers);
  return answer;
}

function unreachable(error: unknown): Answer {
  if (error instanceof FetchFailure) return refuse('D503RA', { Reason: error.message });
  throw error;
}

function compileAsking(config: RemoteAuthConfig, context: CompileContext): (x: Exchange, values: Values) => Promise<Verdict> {
  const made = context.backend(overlayOf(config));
  if ('incomplete' in made) throw new Error(`authUri has ${made.incomplete}`);
  const parameters = compileParametersMap(config.parameters, 'response');
  const names = { parameters, apiParameters: context.apiParameters };
  const { test } = compileConditionText(config.successCondition, names);
  const message = config.errorMessage === undefined ? null : compileTemplate(config.errorMessage, names);
  const passed = new Set(config.errorPassThroughHeaderList.map((name) => name.toLowerCase()));
  const { method, timeout } = config.authUri;
  return async (x, values) => {
    const { target, headers, body } = requestOf(x, values, config);
    const request = { backend: made.backend, method, target, headers, body, timeoutMs: timeout, maxBodyBytes: MAX_ANSWER_BYTES };
    const fetched = await context.services.fetcher.fetch(request, x);
    const source = new ResponseSource(x, { ...fetched, errorCode: null }, context.random);
    if (test(source)) return PASSES;
    const told = message === null ? null : headerText(message.fill(source));
    return { refusal: { status: config.errorStatusCode, message: told, headers: headersNamed(fetched, passed) } };
  };
}

function headersNamed({ headers }: Fetched, names: ReadonlySet<string>): string[] {
  return headers.flatMap((name, n) => (n % 2 === 0 && names.has(name.toLowerCase()) ? [name, headers[n + 1]!] : []));
}

/** Null: the client did not send it, and the service does not get it. */
type Values = ReadonlyArray<string | null>;

function sentBy(
  x: Exchange,
  { sourceLocation, sourceParameterName: name }: AuthParameter,
  trim: boolean | string,
): string | null {
  if (sourceLocation === 'query') return firstValue(x.query, name);
  if (sourceLocation === 'form') return x.form === null ? null : firstValue(x.form, name);
  const value = headerValue(x, name.toLowerCase());
  return value === null || name.toLowerCase() !== 'authorization' ? value : trimmed(value, trim);
}

function trimmed(value: string, trim: boolean | string): string {
  if (trim === false || trim === '') return value;
  const prefixes = trim === true ? ['bearer ', 'basic '] : [trim.toLowerCase()];
  const lower = value.toLowerCase();
  const found = prefixes.find((prefix) => lower.startsWith(prefix));
  return found === undefined ? value : value.slice(found.length).trimStart();
}

function requestOf(x: Exchange, values: Values, { authUri, authParameters, passThroughBody, passThroughPath }: RemoteAuthConfig) {
  const headers: string[] = [];
  if (x.head.userAgent !== null) headers.push('User-Agent', x.head.userAgent);
  let query = '';
  let form = '';
  let hasForm = false;
  for (const [n, { targetLocation, targetParameterName: name }] of authParameters.entries()) {
    hasForm ||= targetLocation === 'form';
    const value = values[n]!;
    if (value === null) continue;
    if (targetLocation === 'header')
      headers.push(
        name,
        Buffer.from(value, 'utf8')
          .toString('latin1')
          .replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '?'),
      );
    else if (targetLocation === 'query')
      query += `${query === '' ? '' : '&'}${encodeUnreserved(name)}=${encodeUnreserved(value)}`;
    else form += `${form === '' ? '' : '&'}${encodeUnreserved(name)}=${encodeUnreserved(value)}`;
  }
  if (passThroughPath) headers.push('X-Ca-Remote-Auth-Raw-Path', x.path);
  const body = passThroughBody ? (x.body?.buffered ?? null) : hasForm ? Buffer.from(form, 'latin1') : null;
  const type = passThroughBody ? x.head.contentType : hasForm ? FORM_TYPE : null;
  if (body !== null && type !== null) headers.push('Content-Type', type);
  return { target: query === '' ? authUri.path : `${authUri.path}?${query}`, headers, body };
}

/** All that the service decides by: whoever differs in any of it is asked about anew. */
function keyOf(scope: string, x: Exchange, values: Values, { passThroughBody, passThroughPath }: RemoteAuthConfig): string {
  const digest = createHash('sha256').update(JSON.stringify([scope, values, passThroughPath ? x.path : null]));
  if (passThroughBody) digest.update(`\n${x.head.contentType ?? ''}\n`).update(x.body?.buffered ?? '');
  return digest.digest('base64');
}

/** A verdict of another configuration is none of this one. */
function configId(config: RemoteAuthConfig): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('base64');
}

function overlayOf({ authUriType, authUri }: RemoteAuthConfig): BackendOverlay {
  const { address, vpcAccessName, method, timeout } = authUri;
  return { type: authUriType, address, vpcAccessName, path: '/', method, timeoutMs: timeout };
}

function check({
  parameters,
  authUriType,
  authUri,
  passThroughBody,
  authParameters,
  successCondition,
}: RemoteAuthConfig): Findings {
  const problems: Problem[] = checkParametersMap(parameters, 'response');
  const found = checkConditionText(successCondition, 'successCondition', { parameters, phase: 'response' });
  problems.push(...found.problems);
  const [needed, refused] =
    authUriType === 'HTTP' ? (['address', 'vpcAccessName'] as const) : (['vpcAccessName', 'address'] as const);
  if (authUri[needed] === undefined) problems.push({ path: `authUri.${needed}`, message: `is required for ${authUriType}` });
  if (authUri[refused] !== undefined) problems.push({ path: `authUri.${refused}`, message: `is not for ${authUriType}` });
  const bodiless = authUri.method === 'GET' || authUri.method === 'HEAD';
  if (passThroughBody && bodiless)
    problems.push({ path: 'passThroughBody', message: `needs another method than ${authUri.method}` });
  for (const [n, { targetLocation }] of authParameters.entries()) {
    const path = `authParameters[${n}].targetLocation`;
    if (targetLocation !== 'form') continue;
    if (passThroughBody) problems.push({ path, message: 'form is not possible where passThroughBody sends the client’s body' });
    else if (bodiless) problems.push({ path, message: `form needs another method than ${authUri.method}` });
  }
  return { problems, warnings: found.warnings };
}
