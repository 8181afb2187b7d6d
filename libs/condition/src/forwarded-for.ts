/** One address of X-Forwarded-For, for the location `XFF:{i}`. */
// hot

/**
 * @param lines the inbound lines joined by commas, null when there is none
 * @param index from 0; negative counts from the end, -1 is the last
 * @returns null when out of range. Empty items are no addresses and not counted.
 */
export function forwardedAddress(lines: string | null, index: number): string | null {
  if (lines === null) return null;
  const addresses: string[] = [];
  for (const item of lines.split(',')) {
    const address = item.trim();
    if (address !== '') addresses.push(address);
  }
  return addresses.at(index) ?? null;
}
