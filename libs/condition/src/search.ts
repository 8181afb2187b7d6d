/** Finds a piece of text in linear time. */
// hot

/**
 * Like `text.indexOf(part, from)`, whose cost for a long part can be length times length, where pattern and text may both come
 * from the client: long parts are found by Knuth, Morris and Pratt's method. Measured, 100 kB of `aab…a` in 1 MB of `a`: 25 s by
 * indexOf, 13 ms here.
 */
export function compileSearch(part: string): (text: string, from: number) => number {
  if (part.length <= INDEX_OF_LENGTH) return (text, from) => text.indexOf(part, from);
  const borders = bordersOf(part);
  return (text, from) => {
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      while (matched > 0 && part.charCodeAt(matched) !== code) matched = borders[matched - 1] as number;
      if (part.charCodeAt(matched) === code) matched++;
      if (matched === part.length) return at - matched + 1;
    }
    return -1;
  };
}

// Up to here indexOf costs a bounded factor at worst, and is several times faster as a rule.
const INDEX_OF_LENGTH = 32;

/** For each prefix the length of the longest proper prefix that also ends it. */
function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length);
  let matched = 0;
  for (let at = 1; at < part.length; at++) {
    const code = part.charCodeAt(at);
    while (matched > 0 && part.charCodeAt(matched) !== code) matched = borders[matched - 1] as number;
    if (part.charCodeAt(matched) === code) matched++;
    borders[at] = matched;
  }
  return borders;
}
