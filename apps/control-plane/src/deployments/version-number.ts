/** Numbers of versions: 17 digits, yyyyMMddHHmmssSSS in UTC, strictly increasing per API (management model 3.1 rule 2). */

export const VERSION = /^[0-9]{17}$/;

/** The number for a version made at `now`; a millisecond after the last one when the clock has not passed that yet. */
export function nextVersion(last: string | null, now: Date): string {
  const current = format(now);
  return last === null || current > last ? current : format(new Date(timeOf(last) + 1));
}

function format(time: Date): string {
  return time.toISOString().replaceAll(/\D/g, '');
}

function timeOf(version: string): number {
  return Date.parse(version.replace(/^(....)(..)(..)(..)(..)(..)(...)$/, '$1-$2-$3T$4:$5:$6.$7Z'));
}
