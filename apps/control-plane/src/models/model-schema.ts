/** What a schema must be to stand as a model: JSON Schema of draft 4, for objects (management model 2.12). */
import { compileJsonSchema } from '@causeway/engine';
import type { FieldError } from '../http/problem.js';
import { readModelRef } from './model-ref.js';

/** Bytes of its JSON: that of a plugin's configuration. */
const MAX_BYTES = 51_200;

export interface SchemaFindings {
  readonly problems: readonly FieldError[];
  /** Other models that it refers to, as `$ref`; each once. */
  readonly refs: readonly string[];
}

export function checkModelSchema(schema: Record<string, unknown>): SchemaFindings {
  const text = JSON.stringify(schema);
  if (Buffer.byteLength(text) > MAX_BYTES) return refuse(`has more than ${MAX_BYTES} bytes as JSON`);
  const refs = new Set<string>();
  // What another model says is judged where it is written.
  const alone = JSON.stringify(schema, (_, value: unknown) => {
    const ref = typeof value === 'object' && value !== null ? (value as { $ref?: unknown }).$ref : undefined;
    if (typeof ref !== 'string' || readModelRef(ref) === null) return value;
    refs.add(ref);
    return {};
  });
  if (schema.type !== 'object') return refuse('must be of an object: `type` is "object"');
  const compiled = compileJsonSchema(alone);
  return typeof compiled === 'string' ? refuse(compiled) : { problems: [], refs: [...refs] };
}

function refuse(message: string): SchemaFindings {
  return { problems: [{ path: 'schema', message }], refs: [] };
}
