/** An API as its owner defines it: the stored document, the body of the REST API, and what a deployed version holds. */
import { z } from 'zod';

export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] as const;
const Method = z.enum([...HTTP_METHODS, 'ANY']);
/** `HEADER` is an old spelling of `HEAD` (wire contract 5.1 rule 2). */
const BackendMethod = z
  .preprocess((value) => (value === 'HEADER' ? 'HEAD' : value), Method)
  .default('ANY')
  .describe('ANY, the client’s, when absent');

const LETTERS_FIRST = /^[a-zA-Z\u4e00-\u9fff][a-zA-Z0-9_\u4e00-\u9fff]*$/;

/** `/`, literal segments, `[name]` segments, and `*` only as the last one (wire contract 1.4). */
const PathText = z.string().min(1).max(512).startsWith('/', 'must start with /');

/** Header names that no definition may write (wire contract 4.3 rule 6). */
const RESERVED_HEADER =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|content-length|host|via|x-forwarded-.*|x-client-s-dn|x-ca-.*)$/i;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function isReservedHeader(name: string): boolean {
  return RESERVED_HEADER.test(name);
}

/** True for a name that a definition or a plugin may set on the request to the backend. */
export function isWritableHeader(name: string): boolean {
  return TOKEN.test(name) && !isReservedHeader(name);
}

const HeaderName = z
  .string()
  .max(128)
  .regex(TOKEN, 'must be a header name')
  .refine((name) => !isReservedHeader(name), { error: 'is written by the gateway and may not be set here' });

/** A value that may stand in a header or a query: no control characters (wire contract 4.6 rule 6). */
const FieldValue = z
  .string()
  .max(4096)
  .regex(/^[^\u0000-\u0008\u000a-\u001f\u007f]*$/, 'must not hold control characters');

/** A path to a backend; a stage variable may give its beginning. */
const BackendPathText = z
  .string()
  .min(1)
  .max(512)
  .regex(/^(?:\/|#[A-Za-z_])/, 'must start with /');

const TimeoutMs = z.int().min(1).max(120_000).default(10_000);

const ContentTypeRule = z.strictObject({
  category: z.enum(['DEFAULT', 'CUSTOM', 'CLIENT']).default('DEFAULT'),
  value: FieldValue.optional(),
});

const HttpBackend = z.strictObject({
  type: z.literal('HTTP'),
  /** `scheme://host[:port]`; `http://` when no scheme is given. */
  address: z.string().min(1).max(512),
  path: BackendPathText.default('/'),
  method: BackendMethod,
  timeoutMs: TimeoutMs,
  contentType: ContentTypeRule.optional(),
});

/** A named upstream of the account, resolved where the API runs (wire contract 6). */
const VpcBackend = z.strictObject({
  type: z.literal('HTTP-VPC'),
  vpcAccessName: z.string().min(1).max(128),
  scheme: z.enum(['http', 'https']).default('http'),
  path: BackendPathText.default('/'),
  method: BackendMethod,
  timeoutMs: TimeoutMs,
  contentType: ContentTypeRule.optional(),
});

const MockBackend = z.strictObject({
  type: z.literal('MOCK'),
  statusCode: z.int().min(200).max(599).default(200),
  headers: z
    .array(z.strictObject({ name: HeaderName, value: FieldValue }))
    .max(64)
    .default([]),
  body: z.string().max(65_536).default(''),
});

export const BACKEND_TYPES = ['HTTP', 'HTTP-VPC', 'MOCK'] as const;

/** What is said of a type of the old gateway that this one does not have; its code is `UnsupportedBackendType` (wire contract 6). */
export function unsupportedBackendType(type: string): string {
  return `Backend type ${type.slice(0, 64)} is not supported`;
}

export const ApiBackend = z.discriminatedUnion('type', [HttpBackend, VpcBackend, MockBackend], {
  error: ({ code, input }) => {
    const type = (input as { type?: unknown } | null | undefined)?.type;
    if (code !== 'invalid_union') return undefined;
    return typeof type === 'string' ? unsupportedBackendType(type) : `must be one of ${BACKEND_TYPES.join(', ')}`;
  },
});

const ItemType = z.enum(['String', 'Int', 'Long', 'Float', 'Double', 'Boolean']);

const ParameterName = z.string().min(1).max(128);

export const ApiParameter = z.strictObject({
  name: ParameterName,
  in: z.enum(['query', 'header', 'path', 'form']),
  type: z.enum([...ItemType.options, 'Array']).default('String'),
  /** Type of the values of an Array; String when absent. */
  items: ItemType.optional(),
  required: z.boolean().default(false),
  /** Of an Array: its one value. */
  default: z.string().max(4096).optional(),
  /** A JSON number; beyond 2^53 the nearest one that JSON readers can hold. */
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.int().min(0).optional(),
  maxLength: z.int().min(0).optional(),
  enum: z.array(z.string().max(4096)).min(1).max(100).optional(),
  /** A regular expression that the whole value must match, without look-around and back-references. */
  pattern: z.string().min(1).max(512).optional(),
  /** Text of a JSON Schema, draft 4, that the value must conform to. */
  jsonSchema: z.string().min(2).max(16_384).optional(),
  description: z.string().max(400).optional(),
  backend: z.strictObject({ name: ParameterName, in: z.enum(['query', 'header', 'path', 'form']) }),
});

/** System parameters that an API may send on (conditions, section 3). */
export const SYSTEM_PARAMETERS = [
  'CaClientIp',
  'CaDomain',
  'CaRequestHandleTime',
  'CaAppId',
  'CaAppKey',
  'CaAppExtendInfo',
  'CaRequestId',
  'CaHttpSchema',
  'CaHttpScheme',
  'CaProxy',
  'CaApiName',
  'CaClientUa',
  'CaStage',
  'CaInstanceId',
  'CaSourceVpcId',
  'CaCloudMarketInstanceId',
] as const;

/** Where a constant or a system parameter may stand; `path` fills `[name]` of the backend's path. */
const OTHER_PLACE = z.enum(['query', 'path', 'form']);

const ApiConstant = z.discriminatedUnion('in', [
  z.strictObject({ name: HeaderName, in: z.literal('header'), value: FieldValue }),
  z.strictObject({ name: ParameterName, in: OTHER_PLACE, value: FieldValue }),
]);

const ApiSystemParameter = z.discriminatedUnion('in', [
  z.strictObject({ parameter: z.enum(SYSTEM_PARAMETERS), name: HeaderName, in: z.literal('header') }),
  z.strictObject({ parameter: z.enum(SYSTEM_PARAMETERS), name: ParameterName, in: OTHER_PLACE }),
]);

/** Shape and limits only; rules that join fields are in `@causeway/engine`, which compiles it. */
export const ApiDefinition = z.strictObject({
  name: z.string().min(4).max(50).regex(LETTERS_FIRST, 'must start with a letter and hold letters, digits and _ only'),
  description: z.string().max(180).default(''),
  visibility: z.enum(['PUBLIC', 'PRIVATE']).default('PRIVATE'),
  auth: z.enum(['APP', 'ANONYMOUS']).default('APP'),
  signatureMethods: z
    .array(z.enum(['HmacSHA256', 'HmacSHA1']))
    .min(1)
    .max(2)
    .default(['HmacSHA256']),
  appCode: z.enum(['DEFAULT', 'DISABLE', 'HEADER', 'HEADER_QUERY']).default('DEFAULT'),
  forceNonce: z.boolean().default(false),
  disableInternet: z.boolean().default(false),
  request: z.strictObject({
    protocols: z
      .array(z.enum(['HTTP', 'HTTPS', 'WS']))
      .min(1)
      .max(3)
      .default(['HTTP', 'HTTPS']),
    method: Method,
    path: PathText,
    /** `[name]` in the path is ordinary text (wire contract 1.4 rule 5). */
    escapePath: z.boolean().default(false),
    mode: z.enum(['MAPPING', 'PASSTHROUGH', 'MAPPING_PASSTHROUGH']).default('MAPPING'),
    bodyFormat: z.enum(['FORM', 'STREAM']).optional(),
    maxBodyBytes: z.int().min(0).max(1_073_741_824).optional(),
  }),
  backend: ApiBackend.optional(),
  parameters: z.array(ApiParameter).max(100).default([]),
  constants: z.array(ApiConstant).max(50).default([]),
  system: z.array(ApiSystemParameter).max(50).default([]),
});

export type ApiDefinition = z.infer<typeof ApiDefinition>;
export type ApiBackend = z.infer<typeof ApiBackend>;
export type ApiParameter = z.infer<typeof ApiParameter>;
