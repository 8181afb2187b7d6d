/** The answer of `POST /apis/:id/explain`, as the reference shows it. */
import { EXPLAINED_STEPS } from '@causeway/engine';
import { z } from 'zod';

const Texts = z.record(z.string(), z.string());

export const ExplainAnswer = z.object({
  outcome: z.enum(['backend', 'answered', 'refused']).describe('`answered`: a preflight, by a plugin'),
  refusal: z.object({ status: z.int(), code: z.string(), message: z.string() }).nullable(),
  steps: z
    .array(z.object({ step: z.enum(EXPLAINED_STEPS), passed: z.boolean(), why: z.string() }))
    .readonly()
    .describe('what the request passes, in order; the last one says why, when it is refused'),
  listener: z.enum(['public', 'internal']),
  host: z.string(),
  domain: z.string().nullable().describe('the name under which the host is served, such as *.x.com'),
  group: z.object({ id: z.string(), name: z.string(), basePath: z.string() }).nullable(),
  stage: z.string().nullable(),
  api: z
    .object({ id: z.string(), name: z.string(), version: z.string(), method: z.string(), path: z.string() })
    .nullable()
    .describe('that the request finds, which may be another than the one that was asked'),
  pathParameters: Texts,
  hostParameters: Texts.describe('what the pattern of a wildcard captures'),
  authentication: z
    .object({
      type: z.enum(['APP', 'ANONYMOUS']),
      signatureMethods: z.array(z.string()).readonly(),
      forceNonce: z.boolean(),
      appCode: z.object({ header: z.string(), query: z.string().nullable() }).nullable(),
      given: z.array(z.string()).readonly().describe('credentials that the sample shows, by header; none is verified'),
    })
    .nullable(),
  parameters: Texts.describe('declared parameters after checks and defaults'),
  plugins: z
    .array(
      z.object({
        id: z.string(),
        name: z.string().nullable(),
        type: z.string().nullable(),
        boundTo: z.enum(['api', 'group']),
        rules: z
          .array(
            z.object({
              rule: z.string(),
              condition: z.string(),
              holds: z.boolean(),
              why: z.array(z.string()).readonly().describe('a line for each comparison, with the values that it saw'),
            }),
          )
          .readonly()
          .describe('the first that holds is taken'),
      }),
    )
    .readonly()
    .describe('in the order in which they act'),
  backend: z
    .object({
      type: z.enum(['HTTP', 'INTERNAL', 'MOCK']),
      route: z.string().nullable().describe('that chose it; null: the API’s own'),
      address: z.string().nullable(),
      resolvesTo: z.array(z.string()).readonly().describe('addresses of private DNS'),
      method: z.string().nullable(),
      path: z.string().nullable(),
      query: z.string().nullable(),
      host: z.string().nullable(),
      headers: z.array(z.string()).readonly().describe('names alone'),
      body: z.enum(['none', 'as-received', 'rebuilt']).nullable(),
      stage: z.string().nullable(),
      constants: z
        .array(z.object({ name: z.string(), in: z.string(), value: z.string(), from: z.enum(['api', 'route']) }))
        .readonly(),
      timeoutMs: z.number().nullable(),
      status: z.int().nullable(),
    })
    .nullable(),
});

export type ExplainAnswer = z.output<typeof ExplainAnswer>;
