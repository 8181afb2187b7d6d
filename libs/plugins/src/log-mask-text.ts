/** The text of a body on its way to a log, character by character (plugins, section 5.13). */
import { keptOf, type Policy } from './log-mask-policy.js';

const STAR = 0x2a;
/** An escape of URLs and forms, one of JSON, or a character. */
const CHARACTER = /%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|[\s\S]/gu;
/** What could be the beginning of an escape. */
const HALF_ESCAPE = /(?:%[0-9A-Fa-f]?|\\(?:u[0-9A-Fa-f]{0,3})?)$/;

export class MaskedText {
  /** As it is written. */
  private readonly written: string[];
  /** What it stands for: an address in a form has `%40` for its `@`. */
  private readonly codes: number[];
  /**
   * Up to here it is what it would be in the whole text; behind it all is masked, for nobody knows how what stands there goes on.
   * Every rule keeps this true: so none shows more of a text that was cut than it would show of the whole one.
   */
  certain: number;

  /** @param isCut the text is the beginning of a longer one */
  constructor(
    text: string,
    readonly isCut: boolean,
  ) {
    this.written = (isCut ? text.replace(HALF_ESCAPE, '') : text).match(CHARACTER) ?? [];
    this.codes = this.written.map(codeOf);
    this.certain = this.codes.length;
  }

  code(at: number): number {
    return this.codes[at]!;
  }

  /** Where the characters of a kind begin that end before `end`, at `limit` at the earliest. */
  runBefore(end: number, limit: number, isOf: (code: number) => boolean): number {
    let at = end;
    while (at > limit && isOf(this.codes[at - 1]!)) at--;
    return at;
  }

  /** Where the characters of a kind end that begin at `start`, at `limit` at the latest. */
  runFrom(start: number, limit: number, isOf: (code: number) => boolean): number {
    let at = start;
    while (at < limit && isOf(this.codes[at]!)) at++;
    return at;
  }

  mask(from: number, to: number, policy: Policy): void {
    const [kept, end] = keptOf(policy, to - from);
    for (let at = from; at < to; at++) if (at < from + kept || at >= from + end) this.hide(at);
  }

  /** Masks from there to what is certain, which then ends there. */
  giveUp(from: number): void {
    for (let at = from; at < this.certain; at++) this.hide(at);
    this.certain = from;
  }

  toString(): string {
    return this.written.join('');
  }

  private hide(at: number): void {
    this.written[at] = '*';
    this.codes[at] = STAR;
  }
}

function codeOf(written: string): number {
  if (written.length === 3) return Number.parseInt(written.slice(1), 16);
  if (written.length === 6) return Number.parseInt(written.slice(2), 16);
  return written.codePointAt(0)!;
}
