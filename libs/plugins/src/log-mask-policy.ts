/** How much of a value a mask leaves readable (plugins, section 5.13). */

/** More than a body has in a log. */
const MOST = 1024;
const POLICY = /^(?:ALL|KEEP_(LEFT|RIGHT): *([0-9]{1,4})|KEEP_CENTER: *([0-9]{1,4}) *, *([0-9]{1,4}))$/;

export const POLICY_FORM = `must be ALL, KEEP_LEFT:n, KEEP_RIGHT:n or KEEP_CENTER:start,length, numbers up to ${MOST}`;

export interface Policy {
  /** How many characters stay. */
  readonly keep: number;
  /** The first of them, counted from the left. */
  readonly start: number;
  /** They are the last ones instead. */
  readonly fromRight: boolean;
}

/** Null: it is none. */
export function readPolicy(text: string): Policy | null {
  const match = POLICY.exec(text);
  if (match === null) return null;
  const [, side, sideCount = '0', start = '0', count = sideCount] = match;
  const policy = { keep: Number(count), start: Number(start), fromRight: side === 'RIGHT' };
  return Math.max(policy.keep, policy.start) > MOST ? null : policy;
}

/** The first character that stays and the one behind the last, of so many. A value that is not longer than what stays goes whole. */
export function keptOf({ keep, start, fromRight }: Policy, length: number): readonly [from: number, to: number] {
  if (length <= keep) return [0, 0];
  return fromRight ? [length - keep, length] : [start, start + keep];
}

/** A mask over a whole value: one `*` for each character that goes. */
export function maskValue(policy: Policy): (text: string) => string {
  return (text) => {
    const characters = [...text];
    const [from, to] = keptOf(policy, characters.length);
    return characters.map((each, at) => (at >= from && at < to ? each : '*')).join('');
  };
}
