/** The body of `POST /apis/:id/explain`: a request that nobody sends. */
import { isIP } from 'node:net';
import { STAGE_NAME } from '@causeway/contract';
import { wireText } from '@causeway/plugins';
import { z } from 'zod';

const MAX_BODY_BYTES = 64 * 1024;
const MAX_HEADER_LINES = 100;
/** Of all header values together, characters. */
const MAX_HEADER_TEXT = 32 * 1024;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** An absolute URL without userinfo, or its path and query alone. */
const URL_FORM = /^(?:(https?):\/\/([^/?#@\s]{1,300}))?([/?][\s\S]*)?$/i;

const HeaderValue = z
  .string()
  .max(8192)
  .regex(/^[^\u0000-\u0008\u000a-\u001f\u007f]*$/, 'must not hold control characters');

export const ExplainRequest = z
  .strictObject({
    method: z.string().min(1).max(32).regex(TOKEN, 'must be an HTTP method'),
    url: z
      .string()
      .min(1)
      .max(8192)
      .regex(URL_FORM, 'must be http(s)://host[:port]/path?query, or a path')
      .describe('with a host, or a path alone: then the public domain of the API’s group'),
    headers: z
      .record(z.string().max(128).regex(TOKEN, 'must be a header name'), z.union([HeaderValue, z.array(HeaderValue).max(32)]))
      .default({})
      .describe('several lines of a name as a list; Host comes from the url'),
    body: z
      .string()
      .refine((text) => Buffer.byteLength(text) <= MAX_BODY_BYTES, `must be at most ${MAX_BODY_BYTES} bytes`)
      .optional(),
    stage: z
      .string()
      .transform((name) => name.toUpperCase())
      .refine((name) => STAGE_NAME.test(name), 'must be the name of a stage')
      .optional()
      .describe('as X-Ca-Stage; with `draft`, where the draft stands as if it were deployed'),
    clientIp: z
      .string()
      .refine((address) => isIP(address) !== 0, 'must be an IP address')
      .default('127.0.0.1'),
    draft: z.boolean().default(false).describe('the draft in place of what is deployed'),
  })
  .superRefine(({ headers, stage }, context) => {
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const lines = headerLines(headers);
    if (lines.length > MAX_HEADER_LINES) complain(['headers'], `must be at most ${MAX_HEADER_LINES} lines`);
    if (lines.reduce((sum, [, value]) => sum + value.length, 0) > MAX_HEADER_TEXT)
      complain(['headers'], `must be at most ${MAX_HEADER_TEXT} characters together`);
    for (const name of Object.keys(headers)) {
      if (/^host$/i.test(name)) complain(['headers', name], 'must be left out: the host is that of the url');
      if (/^x-ca-stage$/i.test(name) && stage !== undefined) complain(['stage'], `must be left out beside the header ${name}`);
    }
  });

export type ExplainRequest = z.output<typeof ExplainRequest>;

/** Scheme, host (null: none in it), path and query. */
export function partsOf(url: string): { scheme: 'http' | 'https'; host: string | null; target: string } {
  const [, scheme = 'http', host = null, rest = '/'] = URL_FORM.exec(url) ?? [];
  return { scheme: scheme.toLowerCase() as 'http' | 'https', host, target: rest.startsWith('/') ? rest : `/${rest}` };
}

/** Name, value, name, value as a client would send them. */
export function wireHeaders({ headers, stage }: ExplainRequest): string[] {
  const lines = headerLines(headers).flatMap(([name, value]) => [name, wireText(value)]);
  return stage === undefined ? lines : [...lines, 'X-Ca-Stage', stage];
}

function headerLines(headers: Readonly<Record<string, string | string[]>>): Array<[name: string, value: string]> {
  return Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value]));
}
