/** Makes values unreadable before the access log is written; what clients and backends get is not touched (plugins, section 5.13). */
import { z } from 'zod';
import { HeaderName, text } from './kit/fields.js';
import { definePlugin, type Problem, type Steps } from './kit/plugin.js';
import type { MaskBody, MaskText, RecordMask } from './kit/record-mask.js';
import { logMaskDoubts } from './log-mask-doubts.js';
import { MATCH_MODE_FORM, type MaskMatches, readMatchMode } from './log-mask-match.js';
import { maskValue, POLICY_FORM, type Policy, readPolicy } from './log-mask-policy.js';
import { logMaskSummary } from './log-mask-summary.js';
import { MaskedText } from './log-mask-text.js';

const MAX_RULES = 64;
const MAX_PARAMETERS = 64;
const LOCATIONS = [
  'REQUEST_HEADER',
  'REQUEST_QUERY',
  'REQUEST_TOKEN',
  'RESPONSE_HEADER',
  'REQUEST_BODY',
  'RESPONSE_BODY',
] as const;

type Location = (typeof LOCATIONS)[number];

const upperCase = (value: unknown) => (typeof value === 'string' ? value.toUpperCase() : value);

const Rule = z.strictObject({
  name: text(128).pipe(z.string().min(1)),
  location: z.preprocess(upperCase, z.enum(LOCATIONS)),
  parameters: z
    .array(text(128).pipe(z.string().min(1)))
    .min(1)
    .max(MAX_PARAMETERS)
    .optional()
    .describe('names of headers, query parameters or, of the token, claims; not for bodies'),
  matchMode: z
    .preprocess(
      upperCase,
      z.string().refine((mode) => readMatchMode(mode) !== null, MATCH_MODE_FORM),
    )
    .optional()
    .describe(
      'what is masked in a body: `D:n`, `HEX:n`, `C:n` (n digits, hexadecimal digits, letters or digits, or more), `EMAIL`, `IDCARD`',
    ),
  policy: z
    .preprocess(
      upperCase,
      z.string().refine((policy) => readPolicy(policy) !== null, POLICY_FORM),
    )
    .default('ALL')
    .describe('how much: `ALL`, or all but what `KEEP_LEFT:n`, `KEEP_RIGHT:n` or `KEEP_CENTER:start,length` says'),
});

const schema = z.strictObject({
  rules: z.array(Rule).min(1).max(MAX_RULES).describe('in this order, each over what the one before left'),
});

export type LogMaskConfig = z.infer<typeof schema>;
type Rule = LogMaskConfig['rules'][number];

export const logMask = definePlugin({
  type: 'logMask',
  description: 'Makes values unreadable in the access log: headers, query parameters, claims, and what it finds in bodies.',
  schema,
  secretPaths: [],
  example: `rules:
- name: phone
  location: REQUEST_QUERY
  parameters:
  - phone
  policy: KEEP_LEFT:3
- name: card
  location: REQUEST_BODY
  matchMode: D:16
  policy: KEEP_RIGHT:4
- name: address
  location: RESPONSE_BODY
  matchMode: EMAIL
`,
  check: ({ rules }) => ({ problems: rules.flatMap((rule, n) => checkRule(rule, n, rules)), warnings: [] }),
  doubts: logMaskDoubts,
  describe: logMaskSummary,
  compile({ rules }): Steps {
    const at = (location: Location) => rules.filter((rule) => rule.location === location);
    const mask: RecordMask = {
      requestHeaders: byName(at('REQUEST_HEADER'), lowerCase),
      responseHeaders: byName(at('RESPONSE_HEADER'), lowerCase),
      query: byName(at('REQUEST_QUERY'), exact),
      claims: byName(at('REQUEST_TOKEN'), exact),
      requestBody: bodyMask(at('REQUEST_BODY')),
      responseBody: bodyMask(at('RESPONSE_BODY')),
    };
    return { mask };
  },
});

const lowerCase = (name: string) => name.toLowerCase();
const exact = (name: string) => name;

function byName(rules: readonly Rule[], spelled: (name: string) => string): ReadonlyMap<string, MaskText> {
  const masks = new Map<string, MaskText>();
  for (const { parameters = [], policy } of rules) {
    const mask = maskValue(readPolicy(policy)!);
    for (const name of new Set(parameters.map(spelled))) {
      const before = masks.get(name);
      masks.set(name, before === undefined ? mask : (value) => mask(before(value)));
    }
  }
  return masks;
}

function bodyMask(rules: readonly Rule[]): MaskBody | null {
  if (rules.length === 0) return null;
  const steps = rules.map(({ matchMode = '', policy }): readonly [MaskMatches, Policy] => [
    readMatchMode(matchMode)!,
    readPolicy(policy)!,
  ]);
  return (body, isCut) => {
    const masked = new MaskedText(body, isCut);
    for (const [maskMatches, policy] of steps) maskMatches(masked, policy);
    return masked.toString();
  };
}

/** What joins fields: which of them a location needs, and which it has no use for. */
function checkRule({ name, location, parameters, matchMode }: Rule, n: number, rules: readonly Rule[]): Problem[] {
  const problems: Problem[] = [];
  const note = (field: string, message: string) => problems.push({ path: `rules[${n}].${field}`, message });
  if (rules.findIndex((each) => each.name === name) < n) note('name', `"${name}" stands twice`);
  const ofBody = location.endsWith('_BODY');
  if (ofBody && matchMode === undefined) note('matchMode', `is required with ${location}`);
  if (!ofBody && matchMode !== undefined) note('matchMode', 'is for bodies only');
  if (ofBody && parameters !== undefined) note('parameters', 'is not for bodies');
  if (!ofBody && parameters === undefined) note('parameters', `is required with ${location}`);
  if (location.endsWith('_HEADER'))
    for (const [at, each] of (parameters ?? []).entries())
      if (!HeaderName.safeParse(each).success) note(`parameters[${at}]`, 'must be a header name');
  return problems;
}
