/** Reads a zod schema as a tree of fields, for specs that go through every field of every type. */
import { z } from 'zod';

type Path = ReadonlyArray<string | number>;

export interface Field {
  readonly path: Path;
  readonly schema: z.ZodType;
  /** True in a map, whose owner names the keys. */
  readonly isEntry: boolean;
}

/** Inside all that only says whether a value may be absent, or how it is rewritten. */
function plain(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return plain(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodDefault) return plain(schema.unwrap() as z.ZodType);
  if (!(schema instanceof z.ZodPipe)) return schema;
  const { in: first, out } = schema as unknown as { in: z.ZodType; out: z.ZodType };
  return plain(first instanceof z.ZodTransform ? out : first);
}

/** The members of a union, or the schema alone. */
function members(schema: z.ZodType): z.ZodType[] {
  const inner = plain(schema);
  return inner instanceof z.ZodUnion ? (inner.options as z.ZodType[]).flatMap(members) : [inner];
}

/** Every field that a schema knows, with the fields of lists under `[]`: `rules.[].limit`. */
export function namesIn(schema: z.ZodType, at = ''): string[] {
  return members(schema).flatMap((member) => {
    if (member instanceof z.ZodArray) return namesIn(member.element as z.ZodType, `${at}.[]`);
    if (!(member instanceof z.ZodObject)) return [];
    return Object.entries(member.shape as Record<string, z.ZodType>).flatMap(([name, inner]) => [
      `${at}.${name}`,
      ...namesIn(inner, `${at}.${name}`),
    ]);
  });
}

/** Every field and item of a value, from the outside in, each with the schema that is for it; without the whole. */
export function fieldsIn(schema: z.ZodType, value: unknown, path: Path = []): Field[] {
  const inside = (key: string | number, inner: z.ZodType, part: unknown, isEntry = false): Field[] => {
    const field = { path: [...path, key], schema: inner, isEntry };
    return [field, ...fieldsIn(inner, part, field.path)];
  };
  return members(schema).flatMap((member) => {
    if (Array.isArray(value))
      return member instanceof z.ZodArray ? value.flatMap((item, n) => inside(n, member.element as z.ZodType, item)) : [];
    if (typeof value !== 'object' || value === null) return [];
    const entries = Object.entries(value);
    if (member instanceof z.ZodRecord)
      return entries.flatMap(([key, part]) => inside(key, member.valueType as z.ZodType, part, true));
    if (!(member instanceof z.ZodObject)) return [];
    const shape = member.shape as Record<string, z.ZodType>;
    return entries.flatMap(([key, part]) => (shape[key] === undefined ? [] : inside(key, shape[key], part)));
  });
}

/** True for an object that names its fields and takes no others. */
export function isClosed(schema: z.ZodType): boolean {
  return members(schema).every((member) => member instanceof z.ZodObject && member.def.catchall instanceof z.ZodNever);
}

/** The least and the greatest number that a field takes, where its schema says so. */
export function boundsOf(schema: z.ZodType): { readonly minimum?: number; readonly maximum?: number } {
  return z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
}
