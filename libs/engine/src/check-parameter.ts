/** Complaints about the checks that a declared parameter asks for (wire contract 4.4 and 4.5). */
import type { ApiParameter } from '@causeway/contract';
import { compileJsonSchema } from './json-schema/compile-schema.js';
import { compilePattern } from './pattern.js';
import { valueCheck } from './value-check.js';

type Complain = (field: string, message: string) => void;

const OF_TEXT = ['minLength', 'maxLength', 'pattern', 'jsonSchema'] as const;
const OF_NUMBERS = ['minimum', 'maximum'] as const;

/** @returns the steps of its patterns, which a definition has a limit for */
export function checkParameter(parameter: ApiParameter, complain: Complain): number {
  let isSound = true;
  const refuse: Complain = (field, message) => {
    isSound = false;
    complain(field, message);
  };
  checkFields(parameter, refuse);
  const steps = checkPatterns(parameter, refuse);
  // What does not compile cannot be asked.
  if (isSound) checkTexts(parameter, complain);
  return steps;
}

function checkFields(parameter: ApiParameter, complain: Complain): void {
  const { type, minimum, maximum, minLength, maxLength } = parameter;
  if (type !== 'Array' && parameter.items !== undefined) complain('items', 'is for type Array only');
  if (type === 'Array' && parameter.in === 'path') complain('type', 'may not be Array: a path has one value');
  if (type === 'Array' && parameter.backend.in === 'path') complain('backend.in', 'may not be path: an Array has several values');
  const checked = type === 'Array' ? (parameter.items ?? 'String') : type;
  const isNumber = checked !== 'String' && checked !== 'Boolean';
  // A check that is silently passed over is one that its owner relies on.
  for (const field of OF_TEXT)
    if (checked !== 'String' && parameter[field] !== undefined) complain(field, `does nothing for values of type ${checked}`);
  for (const field of OF_NUMBERS)
    if (!isNumber && parameter[field] !== undefined) complain(field, `does nothing for values of type ${checked}`);
  if (checked === 'Boolean' && parameter.enum !== undefined) complain('enum', 'does nothing for values of type Boolean');
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) complain('maximum', 'is below minimum');
  if (minLength !== undefined && maxLength !== undefined && minLength > maxLength) complain('maxLength', 'is below minLength');
}

function checkPatterns({ pattern, jsonSchema }: ApiParameter, complain: Complain): number {
  let steps = 0;
  if (pattern !== undefined) {
    const compiled = compilePattern(pattern);
    if (typeof compiled === 'string') complain('pattern', compiled);
    else steps += compiled.steps;
  }
  if (jsonSchema !== undefined) {
    const compiled = compileJsonSchema(jsonSchema);
    if (typeof compiled === 'string') complain('jsonSchema', compiled);
    else steps += compiled.patternSteps;
  }
  return steps;
}

/** Allowed values and the default, each by the checks that a client's value goes through. */
function checkTexts(parameter: ApiParameter, complain: Complain): void {
  const { enum: options, default: fallback, ...rest } = parameter;
  const wrong = options?.map(valueCheck(rest)).find((reason) => reason !== null) ?? null;
  if (wrong !== null) complain('enum', wrong);
  else if (fallback !== undefined) {
    const reason = valueCheck(parameter)(fallback);
    if (reason !== null) complain('default', reason);
  }
}
