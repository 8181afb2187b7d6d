/** Which addresses may come to an instance (wire contract 1.1 rule 8). */
// hot
import { isIPv4 } from 'node:net';
import { parseBlock } from '@causeway/condition';
import type { InstanceChunk } from '@causeway/contract';

/** Addresses whose verdict is kept. */
const MAX_KNOWN = 10_000;

/** True for a client's address that may come. */
export type AccessRule = (address: string) => boolean;

type AccessList = NonNullable<InstanceChunk['accessLists']['ipv4']>;

/**
 * Compiles the lists of both address families; a family without a list is open.
 *
 * @param problems gets a line for each block that cannot be read; such a block holds nobody
 * @returns null: everybody may come
 */
export function compileAccessRule({ ipv4, ipv6 }: InstanceChunk['accessLists'], problems: string[]): AccessRule | null {
  if (ipv4 === null && ipv6 === null) return null;
  const of4 = ipv4 === null ? everybody : compileList(ipv4, problems);
  const of6 = ipv6 === null ? everybody : compileList(ipv6, problems);
  return remembered((address) => (isIPv4(address) ? of4(address) : of6(address)));
}

/** A list of 1,000 blocks takes 50 µs; clients come again. */
function remembered(rule: AccessRule): AccessRule {
  const known = new Map<string, boolean>();
  return (address) => {
    let may = known.get(address);
    if (may === undefined) {
      may = rule(address);
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(address, may);
    }
    return may;
  };
}

function compileList({ mode, blocks }: AccessList, problems: string[]): AccessRule {
  const holds = blocks.flatMap((text) => {
    const block = parseBlock(text);
    if (block === null) problems.push(`access list: ${text} is no address or block`);
    return block ?? [];
  });
  const wanted = mode === 'allow';
  return (address) => holds.some((block) => block(address)) === wanted;
}

function everybody(): boolean {
  return true;
}
