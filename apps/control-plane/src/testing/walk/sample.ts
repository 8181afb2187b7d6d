/** A body that a schema takes, made of its examples. */
import type { Schema } from './operations.js';

/** Required fields, and those whose value is asked for; what has neither example, default nor values makes the walk fail by name. */
export function sampleOf(schema: Schema, path = ''): unknown {
  if (schema.example !== undefined) return schema.example;
  const [choice] = schema.oneOf ?? schema.anyOf ?? [];
  if (choice !== undefined) return sampleOf(choice, path);
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.properties !== undefined) {
    const required = new Set(schema.required ?? []);
    const fields = Object.entries(schema.properties).filter(([name]) => required.has(name));
    return Object.fromEntries(fields.map(([name, field]) => [name, sampleOf(field, path === '' ? name : `${path}.${name}`)]));
  }
  if (schema.default !== undefined) return schema.default;
  switch (schema.type) {
    case 'array':
      return schema.items === undefined ? [] : [sampleOf(schema.items, `${path}[0]`)];
    case 'object':
      return {};
    case 'boolean':
      return true;
    case 'number':
    case 'integer':
      return schema.minimum ?? 1;
    default:
      throw new Error(`The field ${path} has no example in the reference: give its ApiProperty one`);
  }
}
