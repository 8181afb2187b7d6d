/** A request as conditions read it in the request phase (conditions, section 2). */
// hot
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
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
import { firstValue } from './query.js';
import { systemValue } from './system-value.js';
import { decodedPathValue, headerValue } from './values.js';

/** A JSON body is read up to this, after decompression (conditions, section 2). */
const MAX_JSON_BYTES = 16 * 1024;
/**
 * Compression makes no text this much longer. The limit of the output alone does not bound the work: 8 MB of empty deflate blocks
 * come to no byte, and measured took 420 ms; 32 KiB take 3 ms.
 */
const MAX_COMPRESSED_BYTES = 2 * MAX_JSON_BYTES;

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
    this.json ??= parseJsonBody(this.x);
    return readJsonPath(this.json.value, path, this.json.text);
  }
}

interface JsonBody {
  /** Undefined when the body is no JSON, too large or not decodable. */
  readonly value: unknown;
  readonly text: string;
}

const NO_JSON: JsonBody = { value: undefined, text: '' };

function parseJsonBody({ body, head }: Exchange): JsonBody {
  const bytes = body?.buffered;
  if (!bytes) return NO_JSON;
  try {
    const plain = decompress(bytes, head.get('content-encoding')?.trim().toLowerCase() ?? '');
    if (plain === null || plain.length > MAX_JSON_BYTES) return NO_JSON;
    const text = plain.toString('utf8');
    return { value: JSON.parse(text), text };
  } catch {
    return NO_JSON;
  }
}

function decompress(bytes: Buffer, encoding: string): Buffer | null {
  if (encoding !== '' && encoding !== 'identity' && bytes.length > MAX_COMPRESSED_BYTES) return null;
  const limit = { maxOutputLength: MAX_JSON_BYTES };
  switch (encoding) {
    case '':
    case 'identity':
      return bytes;
    case 'gzip':
      return gunzipSync(bytes, limit);
    case 'deflate':
      return inflateSync(bytes, limit);
    case 'br':
      return brotliDecompressSync(bytes, limit);
    default:
      return null;
  }
}
