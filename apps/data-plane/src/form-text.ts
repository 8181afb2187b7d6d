/** The text of a urlencoded body, whatever charset it is in (wire contract 4.1). */
import { decodeBytes } from '@causeway/signature';

/** Pairs of a form at most: it is read before anybody knows who sent it. */
export const MAX_FORM_PAIRS = 1000;

type Decode = (bytes: Buffer) => string;

// Not TextDecoder's iso-8859-1, which is windows-1252 (Encoding Standard, 4.2).
const latin1: Decode = (bytes) => bytes.toString('latin1');
const DECODERS: Readonly<Record<string, Decode | 'utf-8'>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'iso-8859-1': latin1,
  gbk: decoder('gbk'),
  gb18030: decoder('gb18030'),
};

/** How the forms of a Content-Type are read; null: not at all. */
export function charsetOf(contentType: string): Decode | 'utf-8' | null {
  const name = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1]?.toLowerCase();
  if (name === undefined) return 'utf-8';
  return Object.hasOwn(DECODERS, name) ? DECODERS[name]! : null;
}

/** How many pairs there may be: ampersands and one. */
export function countPairs(bytes: Buffer): number {
  let count = 1;
  for (let at = bytes.indexOf(AMPERSAND); at >= 0; at = bytes.indexOf(AMPERSAND, at + 1)) count++;
  return count;
}

/** The pairs as text whose triplets spell UTF-8, which is what everything behind reads. */
export function formText(bytes: Buffer, charset: Decode | 'utf-8'): string {
  if (charset === 'utf-8') return bytes.toString('utf8');
  let text = '';
  let from = 0;
  // No byte within a character of these charsets is an ampersand, an equals sign or a percent sign.
  for (let at = 0; at <= bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== AMPERSAND && byte !== EQUALS && at < bytes.length) continue;
    // What is decoded is written over: the body itself is passed on as it came.
    text += encode(charset(decodeBytes(Buffer.from(bytes.subarray(from, at)))));
    if (byte === AMPERSAND) text += '&';
    else if (byte === EQUALS) text += '=';
    from = at + 1;
  }
  return text;
}

const AMPERSAND = 0x26;
const EQUALS = 0x3d;

function decoder(name: string): Decode {
  const made = new TextDecoder(name);
  return (bytes) => made.decode(bytes);
}

/** What was a triplet and means something in a form, such as an ampersand, is a triplet again. */
function encode(text: string): string {
  return text.replace(/[^A-Za-z0-9\-._~\u0080-\uffff]/g, encodeURIComponent);
}
