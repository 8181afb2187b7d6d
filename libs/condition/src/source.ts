/** What a condition needs from a request and its answer. */
import type { ParsedLocation, SystemParameter } from './location.js';
import type { ConditionValue, Value } from './value.js';

/**
 * Implemented by the side that knows HTTP. Every method answers null for what is missing and never throws; a condition may ask
 * for the same value several times.
 */
export interface ValueSource {
  /** The one clock reading of the request, Unix ms. */
  readonly nowMs: number;
  /** Any location but `System`. In a response plugin `Header` and `BodyJsonField` are the backend's. */
  read(location: ParsedLocation): Value;
  /** An API-defined request parameter by front-end name, after check and default; undefined when the API defines none. */
  apiParameter(name: string): ConditionValue | undefined;
  system(name: SystemParameter): ConditionValue;
  /** A variable that the plugin itself supplies; asked only for names given as `pluginVariables`. */
  pluginVariable(name: string): ConditionValue;
  /** A fresh number in [0, 1). */
  random(): number;
}
