/** An answer, and the request it is for, as conditions read them in the response phase (conditions, section 2). */
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
import { systemValue } from './system-value.js';
import { wireToText } from './values.js';

/** What a response plugin looks at: an answer to a client, or one that a plugin asked for by itself. */
export interface Looked {
  readonly status: number;
  /** Null for what a backend said. */
  readonly errorCode: string | null;
  /** Name, value, name, value; as on the wire. */
  readonly headers: readonly string[];
  /** Null when it was not read, or is too long. */
  readonly body: Buffer | null;
}

const NO_VARIABLES: ReadonlyMap<string, ConditionValue> = new Map();

export class ResponseSource implements ValueSource {
  readonly nowMs: number;
  private json: JsonBody | null;

  constructor(
    private readonly x: Exchange,
    private readonly looked: Looked,
    private readonly randomNumber: () => number,
    /** Supplied by the plugin itself (conditions, section 4). */
    private readonly variables: ReadonlyMap<string, ConditionValue> = NO_VARIABLES,
  ) {
    this.nowMs = x.arrivedAtMs;
    this.json = null;
  }

  read(at: ParsedLocation): Value {
    switch (at.location) {
      case 'StatusCode':
        return this.looked.status;
      case 'ErrorCode':
        return this.looked.errorCode;
      case 'Header':
        return headerOf(this.looked.headers, at.name!);
      case 'BodyJsonField':
        return this.bodyField(at.path);
      case 'Token':
        return this.x.claims?.get(at.name!) ?? null;
      case 'XFF':
        return this.x.head.forwardedFor === null ? null : forwardedAddress(this.x.head.forwardedFor, at.index);
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

  pluginVariable(name: string): ConditionValue {
    return this.variables.get(name) ?? null;
  }

  random(): number {
    return this.randomNumber();
  }

  private bodyField(path: ParsedLocation['path']): Value {
    this.json ??= parseJsonBody(this.looked.body, headerOf(this.looked.headers, 'content-encoding'));
    return readJsonPath(this.json.value, path, this.json.text);
  }
}

/** The first value of a header as text, by its lower-case name. */
export function headerOf(headers: readonly string[], lowerCaseName: string): string | null {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) return wireToText(headers[i + 1]!);
  }
  return null;
}
