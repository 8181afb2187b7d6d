/** Visits every field of the document. */
import type { OpenAPIObject } from '@nestjs/swagger';

export interface ReferenceSchema {
  $ref?: string;
  type?: string;
  format?: string;
  properties?: Record<string, Field>;
  items?: Field;
  oneOf?: Field[];
  anyOf?: Field[];
  allOf?: Field[];
  additionalProperties?: boolean | Field;
  enum?: unknown[];
  default?: unknown;
  example?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
}

export type Field = ReferenceSchema;

/** @param visit gets each field once with its name, the name of its object for the fields inside lists too, and where it stands */
export function eachField(document: OpenAPIObject, visit: (name: string, field: Field, place: string) => void): void {
  const walk = (schema: Field | undefined, name: string, place: string): void => {
    if (schema === undefined || typeof schema !== 'object' || schema.$ref !== undefined) return;
    for (const [key, field] of Object.entries(schema.properties ?? {})) {
      if (field.$ref === undefined) visit(key, field, `${place}.${key}`);
      walk(field, key, `${place}.${key}`);
    }
    walk(schema.items, name, `${place}[]`);
    if (typeof schema.additionalProperties === 'object') walk(schema.additionalProperties, name, `${place}.*`);
    for (const each of [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])]) walk(each, name, place);
  };
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) walk(schema as Field, name, name);
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods as Record<string, Operation>)) {
      const place = `${method.toUpperCase()} ${path}`;
      for (const { schema } of Object.values(operation.requestBody?.content ?? {})) walk(schema, '', place);
      for (const [status, { content = {} }] of Object.entries(operation.responses))
        for (const { schema } of Object.values(content)) walk(schema, '', `${place} ${status}`);
    }
}

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema?: Field }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema?: Field }> }>;
}
