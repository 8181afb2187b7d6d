/** What a part has logged since a moment. */
import type { Part } from './bed.js';

/** @returns of the lines at this level and above that came since: their messages that hold `words`, with reasons */
export function journal(part: Part, level = 40): (words: string) => string[] {
  const before = part.logged(level).length;
  return (words) =>
    part
      .logged(level)
      .slice(before)
      .map(({ msg, reason }) => `${msg}: ${reason}`)
      .filter((line) => line.includes(words));
}
