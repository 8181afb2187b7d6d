/** Says which pages of other origins may call an API, and answers what browsers ask before they do. */
// hot
import { HTTP_METHODS } from '@causeway/contract';
import { z } from 'zod';
import { corsSummary } from './cors-summary.js';
import { Answer, refuse } from './kit/answer.js';
import { addVary, stripHeaders } from './kit/change-answer.js';
import type { Exchange } from './kit/exchange.js';
import { text, whole } from './kit/fields.js';
import { HeaderNames } from './kit/header-names.js';
import { hitOf } from './kit/hits.js';
import { compileOrigins, isOriginEntry, parseOrigin } from './kit/origins.js';
import { type Doubt, definePlugin, type Problem, type Steps } from './kit/plugin.js';
import { systemValue } from './kit/system-value.js';
import { wireToText } from './kit/values.js';

const HIT = hitOf('cors');
const MAX_LIST = 8192;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const ORIGIN_FORM = 'must be *, scheme://host[:port], host or *.host';

/** Of a preflight's answer; what the plugin itself has written there stays. */
const OF_PREFLIGHTS = [
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-max-age',
  'access-control-allow-private-network',
];
const OF_ANSWERS = ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-expose-headers'];
const OWN = new HeaderNames(OF_ANSWERS);
const ALL = new HeaderNames([...OF_ANSWERS, ...OF_PREFLIGHTS]);

const schema = z.strictObject({
  allowOrigins: text(MAX_LIST)
    .default('*')
    .describe('comma list; each `*`, `scheme://host[:port]`, a host of any scheme and port, or `*.host` for all names below it'),
  allowMethods: text(MAX_LIST).default('GET,POST,PUT,DELETE,HEAD,OPTIONS,PATCH').describe('comma list; `*`: all of them'),
  allowHeaders: text(MAX_LIST).optional().describe('comma list; all that are asked for when absent or `*`'),
  exposeHeaders: text(MAX_LIST).default('X-Ca-Request-Id,X-Ca-Error-Code,X-Ca-Error-Message').describe('comma list'),
  allowCredentials: z.boolean().default(false).describe('cookies and other credentials of the browser may come along'),
  maxAge: whole(-1, 2_147_483_647).default(172_800).describe('s; how long a browser keeps the answer to a preflight'),
});

export type CorsConfig = z.infer<typeof schema>;

export const cors = definePlugin({
  type: 'cors',
  description: 'Lets pages of other origins call the API from a browser, answers preflights, and refuses other origins.',
  schema,
  secretPaths: [],
  example: `allowOrigins: "https://www.example.com,*.shop.example.com"
allowMethods: "GET,POST"
allowHeaders: "X-Token"
exposeHeaders: "X-Ca-Request-Id"
allowCredentials: true
maxAge: 3600
`,
  check,
  doubts,
  describe: corsSummary,
  compile(config): Steps {
    const origins = itemsOf(config.allowOrigins);
    const any = origins.includes('*');
    const isListed = compileOrigins(origins);
    const isAllowed = (origin: string) => any || isListed(origin);
    return {
      preflight: preflightStep(config, isAllowed),
      ...(!any && { first: (x: Exchange) => refuseOrigin(x, isListed) }),
      every: every(config, any, isAllowed),
    };
  },
});

function refuseOrigin(x: Exchange, isListed: (origin: string) => boolean): Answer | undefined {
  const origin = x.head.get('origin');
  if (origin === null || isListed(origin) || isOwn(x, origin)) return undefined;
  x.hits |= HIT;
  return forbidden(origin);
}

/** A page of the API's own domain: browsers name the origin of every POST. */
function isOwn(x: Exchange, text: string): boolean {
  const origin = parseOrigin(text);
  return origin !== null && origin.host === x.host && origin.scheme === systemValue(x, 'CaHttpSchema')?.toLowerCase();
}

function forbidden(origin: string): Answer {
  return refuse('A403CO', { Origin: wireToText(origin.slice(0, 512)) });
}

function preflightStep(config: CorsConfig, isAllowed: (origin: string) => boolean): NonNullable<Steps['preflight']> {
  const methods = methodsOf(config);
  const lines = ['Access-Control-Allow-Methods', methods.join(','), 'Access-Control-Max-Age', String(config.maxAge)];
  const named = config.allowHeaders === undefined ? ['*'] : itemsOf(config.allowHeaders);
  const echoes = named.includes('*');
  const allowed = new Set(named.map((name) => name.toLowerCase()));
  return (x, method) => {
    x.hits |= HIT;
    const origin = x.head.get('origin') ?? '';
    const asked = headersAsked(x);
    const fits = asked.every((name) => TOKEN.test(name) && (echoes || allowed.has(name.toLowerCase())));
    if (!isAllowed(origin) || !methods.includes(method) || !fits) return forbidden(origin);
    const answer = new Answer(200, [...lines], null);
    const listed = echoes ? asked : named;
    if (listed.length > 0) answer.headers.push('Access-Control-Allow-Headers', listed.join(','));
    answer.headers.push('Vary', 'Access-Control-Request-Method, Access-Control-Request-Headers');
    return answer;
  };
}

function headersAsked({ head: { names, raw } }: Exchange): string[] {
  return names.flatMap((name, n) => (name === 'access-control-request-headers' ? itemsOf(raw[n * 2 + 1]!) : []));
}

/** Whatever a backend says of other origins is replaced; caches are told where the answer depends on who asks. */
function every(config: CorsConfig, any: boolean, isAllowed: (origin: string) => boolean): NonNullable<Steps['every']> {
  const credentials = config.allowCredentials ? ['Access-Control-Allow-Credentials', 'true'] : [];
  const exposed = itemsOf(config.exposeHeaders).join(',');
  const more = [...credentials, ...(exposed === '' ? [] : ['Access-Control-Expose-Headers', exposed])];
  const forAll = any && !config.allowCredentials;
  return (x, answer) => {
    const { headers } = answer;
    stripHeaders(headers, answer.fromBackend ? ALL : OWN);
    if (forAll) {
      headers.push('Access-Control-Allow-Origin', '*', ...more);
      return;
    }
    addVary(headers, 'Origin');
    const origin = x.head.get('origin');
    if (origin !== null && isAllowed(origin)) headers.push('Access-Control-Allow-Origin', origin, ...more);
  };
}

function methodsOf({ allowMethods }: CorsConfig): readonly string[] {
  const methods = itemsOf(allowMethods).map((method) => method.toUpperCase());
  return methods.includes('*') ? HTTP_METHODS : methods;
}

/** The items of a comma list, without the blanks around them. */
export function itemsOf(list: string): string[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function check(config: CorsConfig) {
  const { allowOrigins, allowMethods, allowHeaders = '', exposeHeaders, allowCredentials } = config;
  const problems: Problem[] = [];
  const warnings: Doubt[] = [];
  const origins = itemsOf(allowOrigins);
  for (const [path, list] of Object.entries({ allowOrigins, allowMethods }))
    if (itemsOf(list).length === 0) problems.push({ path, message: 'must name at least one' });
  for (const origin of origins)
    if (!isOriginEntry(origin)) problems.push({ path: 'allowOrigins', message: `${ORIGIN_FORM}, not "${origin.slice(0, 64)}"` });
  const known: readonly string[] = [...HTTP_METHODS, '*'];
  for (const method of itemsOf(allowMethods))
    if (!known.includes(method.toUpperCase()))
      problems.push({ path: 'allowMethods', message: `must hold methods of ${known.join(', ')}, not "${method.slice(0, 64)}"` });
  for (const [path, list] of Object.entries({ allowHeaders, exposeHeaders }))
    for (const name of itemsOf(list))
      if (!TOKEN.test(name)) problems.push({ path, message: `must hold header names, not "${name.slice(0, 64)}"` });
  if (allowCredentials && itemsOf(exposeHeaders).includes('*'))
    problems.push({ path: 'exposeHeaders', message: 'must name the headers: with credentials browsers take * for a name' });
  if (allowCredentials && origins.includes('*'))
    warnings.push({
      path: 'allowOrigins',
      code: 'any-origin-with-credentials',
      message: 'every page may call the API with the credentials of whoever looks at it',
    });
  return { problems, warnings };
}

/** What stands beside `*`. */
function doubts({ allowOrigins, allowMethods, allowHeaders = '' }: CorsConfig): Doubt[] {
  return Object.entries({ allowOrigins, allowMethods, allowHeaders }).flatMap(([path, list]) => {
    const items = itemsOf(list);
    if (items.length < 2 || !items.includes('*')) return [];
    return [{ path, code: 'contained' as const, message: '* says all of it' }];
  });
}
