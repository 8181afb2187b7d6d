/** What the references read of a JSON Schema. */
import { z } from 'zod';

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
}

/** `input`: as it is written; `output`: as it is understood, where limits of numbers written as text stand. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
}

/** The values that a schema takes, in a few words. */
export function valuesOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  switch (schema.type) {
    case 'integer':
      return `whole number${range(schema.minimum, schema.maximum, '')}`;
    case 'string':
      return schema.format === 'uri' ? 'URL' : `text${range(schema.minLength, schema.maxLength, ' characters')}`;
    case 'array':
      return `list${range(schema.minItems, schema.maxItems, '')}`;
    case 'object':
      return 'fields';
    default:
      return 'text';
  }
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (most !== undefined) return `, ${least ?? 0} to ${most}${unit}`;
  if (least === 1) return ', not empty';
  return least === undefined ? '' : `, at least ${least}${unit}`;
}
