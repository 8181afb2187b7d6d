/** Times as the digits of a JSON number. */
// hot

/** `000` to `999`: what stands behind the point, or at the end of a time stamp. */
const THREE_DIGITS: readonly string[] = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));

/** Thousandths at most, of a duration in ms. From whole numbers: the general printing of a fraction takes several times as long. */
export function printMs(duration: number): string {
  const micros = Math.round(duration * 1000);
  // A clock that was read out of order: never seen, but a line must stay JSON.
  if (!(micros > 0)) return '0';
  const whole = Math.floor(micros / 1000);
  const rest = micros - whole * 1000;
  return rest === 0 ? `${whole}` : `${whole}.${THREE_DIGITS[rest]}`;
}

let second = -1;
let digits = '';

/** Unix ms, in whole ms. The digits of the second are those of the line before, most of the time. */
export function printTime(timeMs: number): string {
  const whole = Math.round(timeMs);
  const at = Math.floor(whole / 1000);
  if (at !== second) {
    second = at;
    digits = String(at);
  }
  return digits + THREE_DIGITS[whole - at * 1000];
}
