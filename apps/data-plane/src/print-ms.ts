/** Times as the digits of a JSON number. */
// hot

/**
 * Thousandths at most, of a duration in ms.
 *
 * @param before what stands before the number: joined here, once, it is no piece more for each line to be put together of
 */
export function durationPrinter(before: string): (duration: number) => string {
  const kept = new Array<string>(KEPT_MICROS).fill('');
  return (duration) => {
    const micros = Math.round(duration * 1000);
    // A clock that was read out of order: never seen, but a line must stay JSON.
    if (!(micros > 0)) return `${before}0`;
    if (micros >= KEPT_MICROS) return before + thousandths(micros);
    const known = kept[micros]!;
    if (known !== '') return known;
    kept[micros] = flat(before + thousandths(micros));
    return kept[micros]!;
  };
}

/** Durations below this, µs, are printed once. */
const KEPT_MICROS = 4096;

/** From whole numbers: the general printing of a fraction takes several times as long. */
function thousandths(micros: number): string {
  const whole = Math.floor(micros / 1000);
  const rest = micros - whole * 1000;
  return rest === 0 ? `${whole}` : `${whole}.${String(rest).padStart(3, '0')}`;
}

/** Unix ms, in whole ms. @param before what stands before the number */
export function timePrinter(before: string): (timeMs: number) => string {
  const times = new Float64Array(KEPT_TIMES);
  const kept = new Array<string>(KEPT_TIMES).fill('');
  return (timeMs) => {
    const whole = Math.round(timeMs);
    const slot = whole & (KEPT_TIMES - 1);
    if (times[slot] !== whole) {
      times[slot] = whole;
      kept[slot] = flat(before + whole);
    }
    return kept[slot]!;
  };
}

/** The last whole ms that were printed are kept by their lowest bits: requests of the same time share them. A power of two. */
const KEPT_TIMES = 256;

/** The same text in one piece: V8 keeps a text put together of others as a tree of them. */
export function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
