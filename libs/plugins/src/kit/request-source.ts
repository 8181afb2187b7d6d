/** A request as conditions read it in the request phase (conditions, section 2). */
// hot
import {
  type ConditionValue,
  forwardedAddress,
  type ParsedLocation,
  readJsonPath,
  type SystemParameter,
  type Value,
  type ValueSource,
} from '@causeway/condition';
import type { Exchange } from './exchange.js';
import { type JsonBody, parseJsonBody } from './json-body.js';
import { firstValue } from './query.js';
import { systemValue } from './system-value.js';
import { decodedPathValue, headerValue } from './values.js';

export class RequestSource implements ValueSource {
  readonly nowMs: number;
  private json: JsonBody | null;

  constructor(
    private readonly x: Exchange,
    /** Names of the path's placeholders, in order. */
    private readonly placeholders: readonly string[],
    private readonly randomNumber: () => number,
  ) {
    this.nowMs = x.arrivedAtMs;
    this.json = null;
  }

  read(at: ParsedLocation): Value {
    const { x } = this;
    switch (at.location) {
      case 'Query':
        return firstValue(x.query, at.name!);
      case 'Header':
        return headerValue(x, at.name!);
      case 'Method':
        return x.method;
      case 'Path':
        return x.path;
      case 'PathParameter':
        return decodedPathValue(x, this.placeholders.indexOf(at.name!));
      case 'Form':
        return x.form === null ? null : firstValue(x.form, at.name!);
      case 'Host':
        return x.hostValues?.[at.name!] ?? null;
      case 'Parameter':
        return x.parameters?.get(at.name!) ?? null;
      case 'BodyJsonField':
        return this.bodyField(at.path);
      case 'Token':
        return this.x.claims?.get(at.name!) ?? null;
      case 'XFF':
        return x.head.forwardedFor === null ? null : forwardedAddress(x.head.forwardedFor, at.index);
      default:
        return null;
    }
  }

  apiParameter(name: string): ConditionValue | undefined {
    return this.x.parameters?.get(name);
  }

  system(name: SystemParameter): ConditionValue {
    return systemValue(this.x, name);
  }

  pluginVariable(): ConditionValue {
    return null;
  }

  random(): number {
    return this.randomNumber();
  }

  private bodyField(path: ParsedLocation['path']): Value {
    this.json ??= parseJsonBody(this.x.body?.buffered, this.x.head.get('content-encoding'));
    return readJsonPath(this.json.value, path, this.json.text);
  }
}
