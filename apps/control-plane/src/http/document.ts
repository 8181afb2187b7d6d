/** Turns bodies into what a route takes, or refuses them with every complaint. */
import { toProblems } from '@causeway/plugins';
import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { type ValidationError, type ValidatorOptions, validateSync } from 'class-validator';
import type { z } from 'zod';
import { type FieldError, malformed, refused } from './problem.js';

/** Unknown fields are refused by name. */
export const VALIDATION: ValidatorOptions = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true };

/** A document, by its zod schema. */
export function parseDocument<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(toProblems);
  const errors = problems.map(({ path, message }) => ({ path, message }));
  const named = problems.find(({ code }) => code !== undefined);
  throw named?.code === undefined ? malformed(errors) : refused(errors, named.code, `${named.message}.`);
}

/** A plain resource, by its class: for values that do not come straight from the validation pipe, such as a merged patch. */
export function validateAs<T extends object>(type: ClassConstructor<T>, value: unknown): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed([{ path: '', message: 'must be an object' }]);
  const instance = plainToInstance(type, value);
  const errors = validateSync(instance, VALIDATION);
  if (errors.length > 0) throw malformed(fieldErrors(errors));
  return instance;
}

/** Every complaint of class-validator, with its path. */
export function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const path = parent === '' ? property : /^\d+$/.test(property) ? `${parent}[${property}]` : `${parent}.${property}`;
    const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({
      path,
      message: rule === 'whitelistValidation' ? 'is not a known field' : withoutName(message, property),
    }));
    return [...own, ...fieldErrors(children ?? [], path)];
  });
}

/** class-validator starts its sentences with the property, which stands in `path` already. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
