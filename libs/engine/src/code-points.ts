/** Length of texts as people count it. */
// hot

/** Unicode code points; half a surrogate pair counts as one. */
export function codePoints(text: string): number {
  let length = text.length;
  for (let i = 1; i < text.length; i++)
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) length--;
  return length;
}
