/** The variables of a stage as a request brings them (management model 2.5 rule 3). */
import { VARIABLE_NAME } from '@causeway/engine';
import { type FieldError, malformed } from '../http/problem.js';

const VARIABLES_AT_MOST = 50;
const VALUE_AT_MOST = 1024;
const CONTROL = /\p{Cc}/u;

/** The reference's schema of `{name: value}`. */
export const variablesSchema = {
  type: 'object' as const,
  maxProperties: VARIABLES_AT_MOST,
  additionalProperties: { type: 'string' as const, maxLength: VALUE_AT_MOST },
  example: { Host: 'backend1.example.com' },
};

/** 400 with every complaint; each at the variable's name. */
export function readVariablesBody(body: unknown): Map<string, string> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw malformed([{ path: '', message: 'must be an object of values by name' }]);
  const entries = Object.entries(body);
  if (entries.length > VARIABLES_AT_MOST)
    throw malformed([{ path: '', message: `must hold at most ${VARIABLES_AT_MOST} variables` }]);
  const errors = entries.flatMap(([name, value]) => complaints(name, value));
  if (errors.length > 0) throw malformed(errors);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function complaints(name: string, value: unknown): FieldError[] {
  const path = name.slice(0, 64);
  const errors: FieldError[] = [];
  if (!VARIABLE_NAME.test(name)) errors.push({ path, message: 'is no name: 1 to 50 letters, digits and _, no digit first' });
  if (typeof value !== 'string') errors.push({ path, message: 'must be a string' });
  else if ([...value].length > VALUE_AT_MOST) errors.push({ path, message: `must have at most ${VALUE_AT_MOST} characters` });
  else if (CONTROL.test(value)) errors.push({ path, message: 'must hold no control characters' });
  return errors;
}
