/** Reads and checks the parameters that an API declares (wire contract 4.3 to 4.5). */
import { type ApiParameter, SYSTEM_PARAMETERS } from '@causeway/contract';
import { type Answer, decodedPathValue, type Exchange, firstValue, headerValue, refuse } from '@causeway/plugins';

type Reader = (x: Exchange) => string | null;
/** The reason for a refusal, or null. */
type Check = (value: string) => string | null;

interface CompiledParameter {
  readonly name: string;
  readonly read: Reader;
  readonly required: boolean;
  readonly fallback: string | null;
  readonly check: Check;
}

/** A step that fills `x.parameters`; null when nothing is declared. */
export function compileParameters(
  declared: readonly ApiParameter[],
  placeholders: readonly string[],
): ((x: Exchange) => Answer | undefined) | null {
  if (declared.length === 0) return null;
  const compiled = declared.map((parameter) => compileParameter(parameter, placeholders));
  return (x) => {
    const values = new Map<string, string>();
    for (const { name, read, required, fallback, check } of compiled) {
      const value = read(x);
      if (value === null) {
        if (required) return refuse('I400MP', { ParameterName: name });
        if (fallback !== null) values.set(name, fallback);
        continue;
      }
      const reason = check(value);
      if (reason !== null) return refuse('I400IP', { ParameterName: name, Reason: reason });
      values.set(name, value);
    }
    x.parameters = values;
    return undefined;
  };
}

function compileParameter(parameter: ApiParameter, placeholders: readonly string[]): CompiledParameter {
  return {
    name: parameter.name,
    read: reader(parameter, placeholders),
    required: parameter.required || parameter.in === 'path',
    fallback: parameter.default ?? null,
    check: valueCheck(parameter),
  };
}

function reader({ in: place, name }: ApiParameter, placeholders: readonly string[]): Reader {
  if (place === 'query') return (x) => firstValue(x.query, name);
  if (place === 'form') return (x) => (x.form === null ? null : firstValue(x.form, name));
  if (place === 'path') {
    const index = placeholders.indexOf(name);
    return (x) => decodedPathValue(x, index);
  }
  const lower = name.toLowerCase();
  return (x) => headerValue(x, lower);
}

/** Names that no declared parameter may take. */
export const SYSTEM_NAMES: ReadonlySet<string> = new Set(SYSTEM_PARAMETERS);

/** With the digits that count: none in a zero. Written so that no text takes more than one pass. */
const WHOLE = /^-?(?:0+|0*([1-9][0-9]*))$/;
const MOST_DIGITS = 19;
const DECIMAL = /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** All checks on one value; also used on defaults when a definition is saved. */
export function valueCheck(parameter: ApiParameter): Check {
  const check = typeCheck(parameter);
  if (parameter.in === 'path' || parameter.backend.in !== 'path') return check;
  // A request path cannot bring a dot segment, so no other place may smuggle one into the backend's.
  return (value) => (value === '.' || value === '..' ? 'may not be a dot segment' : check(value));
}

function typeCheck(parameter: ApiParameter): Check {
  switch (parameter.type) {
    case 'Int':
      return wholeCheck(parameter, -(2n ** 31n), 2n ** 31n - 1n);
    case 'Long':
      return wholeCheck(parameter, -(2n ** 63n), 2n ** 63n - 1n);
    case 'Float':
    case 'Double':
      return decimalCheck(parameter);
    case 'Boolean':
      return (value) => (/^(?:true|false)$/i.test(value) ? null : 'must be true or false');
    case 'String':
      return textCheck(parameter);
    case 'Array':
      return typeCheck({ ...parameter, type: parameter.items ?? 'String' });
  }
}

function wholeCheck({ minimum, maximum, enum: allowed }: ApiParameter, least: bigint, greatest: bigint): Check {
  const options = allowed?.map((text) => BigInt(text));
  return (value) => {
    const found = WHOLE.exec(value);
    if (found === null) return 'must be a whole number';
    // The length first: making numbers of very long texts takes long.
    const number = (found[1]?.length ?? 0) > MOST_DIGITS ? null : BigInt(value);
    if (number === null || number < least || number > greatest) return `must be from ${least} to ${greatest}`;
    if (minimum !== undefined && number < minimum) return `must be at least ${minimum}`;
    if (maximum !== undefined && number > maximum) return `must be at most ${maximum}`;
    if (options !== undefined && !options.includes(number)) return 'is not one of the allowed values';
    return null;
  };
}

function decimalCheck({ minimum, maximum, enum: allowed }: ApiParameter): Check {
  const options = allowed?.map(Number);
  return (value) => {
    if (value.length > 400 || !DECIMAL.test(value)) return 'must be a decimal number';
    const number = Number(value);
    if (!Number.isFinite(number)) return 'must be a finite number';
    if (minimum !== undefined && number < minimum) return `must be at least ${minimum}`;
    if (maximum !== undefined && number > maximum) return `must be at most ${maximum}`;
    if (options !== undefined && !options.includes(number)) return 'is not one of the allowed values';
    return null;
  };
}

function textCheck({ minLength, maxLength, enum: allowed }: ApiParameter): Check {
  const options = allowed && new Set(allowed.map((text) => text.trim()));
  return (value) => {
    if (minLength !== undefined || maxLength !== undefined) {
      const length = [...value].length;
      if (minLength !== undefined && length < minLength) return `must have at least ${minLength} characters`;
      if (maxLength !== undefined && length > maxLength) return `must have at most ${maxLength} characters`;
    }
    if (options !== undefined && !options.has(value)) return 'is not one of the allowed values';
    return null;
  };
}
