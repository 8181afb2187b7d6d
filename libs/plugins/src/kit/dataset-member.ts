/** Tells whether a variable's value is in a dataset (plugins, section 4). */
// hot
import { type CompiledParameters, type Needs, textOf, type ValueSource } from '@causeway/condition';
import type { Dataset } from './dataset.js';
import type { Exchange } from './exchange.js';

/**
 * Null is in no dataset; an item that has expired when the request comes is not there.
 *
 * @param name an entry of the map
 */
export function compileMembership(
  { byName }: CompiledParameters,
  name: string,
  { items }: Dataset,
): [Needs, (source: ValueSource, x: Exchange) => boolean] {
  const parameter = byName.get(name);
  if (parameter === undefined) throw new Error(`${name} is no name of parameters`);
  const { read, location } = parameter;
  const needs = { form: location.location === 'Form', body: location.location === 'BodyJsonField' };
  const holds = (source: ValueSource, x: Exchange) => {
    const value = read(source);
    if (value === null) return false;
    const item = items.get(textOf(value));
    return item !== undefined && (item.expiresAtMs === null || item.expiresAtMs > x.arrivedAtMs);
  };
  return [needs, holds];
}
