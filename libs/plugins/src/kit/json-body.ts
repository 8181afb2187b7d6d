/** A JSON body as conditions read it (conditions, section 2). */
// hot
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** A JSON body is read up to this, after decompression. */
export const MAX_JSON_BYTES = 16 * 1024;
/**
 * Compression makes no text this much longer. The limit of the output alone does not bound the work: 8 MB of empty deflate blocks
 * come to no byte, and measured took 420 ms; 32 KiB take 3 ms.
 */
export const MAX_COMPRESSED_BYTES = 2 * MAX_JSON_BYTES;

export interface JsonBody {
  /** Undefined when the body is no JSON, too large or not decodable. */
  readonly value: unknown;
  readonly text: string;
}

const NO_JSON: JsonBody = { value: undefined, text: '' };

/** @param contentEncoding of the header; null: none */
export function parseJsonBody(bytes: Buffer | null | undefined, contentEncoding: string | null): JsonBody {
  if (!bytes) return NO_JSON;
  try {
    const plain = decompress(bytes, contentEncoding?.trim().toLowerCase() ?? '');
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
