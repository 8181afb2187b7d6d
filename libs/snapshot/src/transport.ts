/** How canonical bytes travel: gzip above 1 KiB, plain below. */
import { gunzipSync, gzipSync } from 'node:zlib';

/** Compressing less gains nothing. */
const GZIP_ABOVE_BYTES = 1024;

/** No chunk and no manifest is larger; also ends a decompression bomb. */
export const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;

/**
 * More than this of what nobody has signed is not parsed: a node does nothing else meanwhile, and 30 MB of JSON would hold up its traffic
 * for three seconds. Bytes.
 */
export const MAX_UNSIGNED_BYTES = 256 * 1024;

/** Level 1: a chunk is packed while an edit waits to be enforced, and read over a local network. */
export function pack(bytes: Buffer): Buffer {
  return bytes.length > GZIP_ABOVE_BYTES ? gzipSync(bytes, { level: 1 }) : bytes;
}

/** Throws an Error when the content is larger than `maxBytes` or not valid gzip. */
export function unpack(packed: Buffer, maxBytes = MAX_DOCUMENT_BYTES): Buffer {
  const plain = isGzip(packed) ? gunzipSync(packed, { maxOutputLength: maxBytes }) : packed;
  if (plain.length > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
  return plain;
}

/** The gzip magic number, which no JSON text starts with (RFC 1952, 2.3.1). */
export function isGzip(bytes: Buffer): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}
