/** Reads and checks the parameters that an API declares (wire contract 4.3 to 4.5). */
import type { ApiParameter } from '@causeway/contract';
import {
  type Answer,
  allValues,
  decodedPathValue,
  type Exchange,
  firstValue,
  headerValue,
  headerValues,
  refuse,
} from '@causeway/plugins';
import { ANYTHING, listCheck, valueCheck } from './value-check.js';

/** Checks what the client sent. The value, or null when there is none; an answer when it is refused. */
type Read = (x: Exchange) => string | null | Answer;

interface CompiledParameter {
  readonly name: string;
  readonly required: boolean;
  readonly fallback: string | null;
  readonly read: Read;
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
    for (const { name, required, fallback, read } of compiled) {
      const value = read(x);
      if (value === null) {
        if (required) return refuse('I400MP', { ParameterName: name });
        if (fallback !== null) values.set(name, fallback);
      } else if (typeof value === 'string') values.set(name, value);
      else return value;
    }
    x.parameters = values;
    return undefined;
  };
}

/** All values of an Array, after those checks; its default counts as one. Empty for one that is absent. */
export function arrayValues({ in: place, name, default: fallback }: ApiParameter): (x: Exchange) => readonly string[] {
  const read = listReader(place, name);
  const absent = fallback === undefined ? [] : [fallback];
  return (x) => {
    const values = read(x);
    return values.length === 0 ? absent : values;
  };
}

function compileParameter(parameter: ApiParameter, placeholders: readonly string[]): CompiledParameter {
  const { name, required, in: place } = parameter;
  return {
    name,
    required: required || place === 'path',
    fallback: parameter.default ?? null,
    read: parameter.type === 'Array' ? checkedList(parameter) : checkedValue(parameter, placeholders),
  };
}

function checkedValue(parameter: ApiParameter, placeholders: readonly string[]): Read {
  const read = reader(parameter, placeholders);
  const check = valueCheck(parameter);
  if (check === ANYTHING) return read;
  return (x) => {
    const value = read(x);
    const reason = value === null ? null : check(value);
    return reason === null ? value : refuse('I400IP', { ParameterName: parameter.name, Reason: reason });
  };
}

/** Conditions see the first value. */
function checkedList(parameter: ApiParameter): Read {
  const read = listReader(parameter.in, parameter.name);
  const check = listCheck(parameter);
  return (x) => {
    const values = read(x);
    const reason = check(values);
    return reason === null ? (values[0] ?? null) : refuse('I400IP', { ParameterName: parameter.name, Reason: reason });
  };
}

function reader({ in: place, name }: ApiParameter, placeholders: readonly string[]): (x: Exchange) => string | null {
  if (place === 'query') return (x) => firstValue(x.query, name);
  if (place === 'form') return (x) => (x.form === null ? null : firstValue(x.form, name));
  if (place === 'path') {
    return pathReader(placeholders.indexOf(name));
  }
  const lower = name.toLowerCase();
  return (x) => headerValue(x, lower);
}

/** The same for all APIs: one that is used all the time stays in the processor's caches. */
function pathReader(index: number): (x: Exchange) => string | null {
  PATH_READERS[index] ??= (x) => decodedPathValue(x, index);
  return PATH_READERS[index];
}

const PATH_READERS: Array<(x: Exchange) => string | null> = [];

function listReader(place: ApiParameter['in'], name: string): (x: Exchange) => readonly string[] {
  if (place === 'query') return (x) => allValues(x.query, name);
  if (place === 'form') return (x) => allValues(x.form ?? '', name);
  const lower = name.toLowerCase();
  return (x) => headerValues(x, lower);
}
