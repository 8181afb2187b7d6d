/** The routes of the OpenAPI document as walks take them: every route that the reference shows, new ones by themselves. */
import type { TestApp } from '../test-app.js';

/** The parts of a JSON Schema that walks read; references are resolved. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly additionalProperties?: boolean | Schema;
  readonly maxProperties?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly example?: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Such as `/groups/{id}/stages/{stage}`, below `/api/v1`. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Media type -> schema of the body; empty where there is none. */
  readonly bodies: Readonly<Record<string, Schema>>;
  /** A whole body that the reference shows, where it does. */
  readonly bodyExample: unknown;
  readonly statuses: readonly string[];
  /** Status -> codes of its refusals. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
}

const BASE = '/api/v1';

// biome-ignore lint/suspicious/noExplicitAny: the document as it comes.
type Json = any;

export async function readOperations(app: TestApp): Promise<Operation[]> {
  const { body: document } = await app.http.get('/api/openapi.json').expect(200);
  const resolve = resolverOf(document);
  return Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, each]) => {
      const content = Object.entries<Json>(each.requestBody?.content ?? {});
      return {
        method: method.toUpperCase() as Operation['method'],
        path: path.slice(BASE.length),
        parameters: (each.parameters ?? []).map((parameter: Json) => ({ ...parameter, schema: resolve(parameter.schema) })),
        bodies: Object.fromEntries(content.map(([type, { schema }]) => [type, resolve(schema)])),
        bodyExample: content.flatMap(([, { examples = {} }]) => Object.values<Json>(examples).map(({ value }) => value))[0],
        statuses: Object.keys(each.responses),
        codes: Object.fromEntries(Object.entries<Json>(each.responses).map(([status, answer]) => [status, codesOf(answer)])),
      };
    }),
  );
}

/** `name` -> the key under which seeds know it: the path up to it without names of parameters, such as `groups/*` or `groups/*\/stages/*`. */
export function seedKeys(path: string): Map<string, string> {
  const keys = new Map<string, string>();
  const parts = path.slice(1).split('/');
  parts.forEach((part, index) => {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name !== undefined)
      keys.set(
        name,
        parts
          .slice(0, index + 1)
          .map((each) => (each.startsWith('{') ? '*' : each))
          .join('/'),
      );
  });
  return keys;
}

export function fillPath(path: string, seedOf: (name: string) => string): string {
  return path.replaceAll(/\{(.+?)\}/g, (_, name: string) => encodeURIComponent(seedOf(name)));
}

function codesOf({ content = {} }: Json): string[] {
  return content['application/problem+json']?.schema.allOf?.[1]?.properties.code.enum ?? [];
}

function resolverOf(document: Json): (schema: Json) => Schema {
  const resolve = (schema: Json): Schema => {
    if (typeof schema !== 'object' || schema === null) return schema;
    if (Array.isArray(schema)) return schema.map(resolve) as Schema;
    if (typeof schema.$ref === 'string') return resolve(document.components.schemas[schema.$ref.split('/').pop()]);
    const resolved = Object.fromEntries(
      Object.entries<Json>(schema).map(([key, value]) => [key, key === 'example' || key === 'default' ? value : resolve(value)]),
    );
    const [only] = resolved.allOf?.length === 1 ? resolved.allOf : [];
    return only === undefined ? resolved : { ...only, ...resolved };
  };
  return resolve;
}
