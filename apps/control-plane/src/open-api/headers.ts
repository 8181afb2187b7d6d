/** Headers that routes take and answer: If-Match, Idempotency-Key, ETag. */
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Operation } from './operation.js';

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key and request get the first answer again, for 24 hours; another request under it is 409.',
  schema: {
    type: 'string',
    minLength: 1,
    maxLength: 128,
    pattern: '^[!-~]{1,128}$',
    example: '5d41402a-bc4b-4a76-b971-9d911017c592',
  },
} as const;

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETag under which the resource was read: the write is 412 when it has changed since. `*` matches any.',
  schema: { type: 'string', minLength: 1, maxLength: 8192, example: '"v0Zr1mZ9VmS0mV1bQm1XbW3mPc0"' },
} as const;

const ETAG = {
  description: 'The version of the resource as it is shown, for If-Match. Absent with `reveal`.',
  schema: { type: 'string', example: '"v0Zr1mZ9VmS0mV1bQm1XbW3mPc0"' },
} as const;

/** An operation's mark that its GET shows a single resource; `Single` sets it where no field `id` tells. */
export const SINGLE_MARK = 'x-single-resource';

/** Every POST takes a key (http/idempotency.ts); whatever may answer 412 takes a tag; every read of a single resource answers one. */
export function addHeaders(document: OpenAPIObject): void {
  for (const methods of Object.values(document.paths))
    for (const [method, operation] of Object.entries(methods as Record<string, Operation>)) {
      const parameters = operation.parameters ?? [];
      operation.parameters = parameters;
      if (method === 'post') parameters.push(IDEMPOTENCY_KEY);
      if (operation.responses['412'] !== undefined) parameters.push(IF_MATCH);
      const [shown] = Object.values(operation.responses['200']?.content ?? {});
      const isSingle = operation[SINGLE_MARK] === true || hasId(document, shown?.schema);
      if (method === 'get' && isSingle) operation.responses['200'] = { ...operation.responses['200'], headers: { ETag: ETAG } };
      delete operation[SINGLE_MARK];
    }
}

function hasId(document: OpenAPIObject, schema: { $ref?: string; properties?: object } | undefined): boolean {
  const name = schema?.$ref?.split('/').pop();
  const known = name === undefined ? schema : (document.components?.schemas?.[name] as { properties?: object } | undefined);
  return 'id' in (known?.properties ?? {});
}
