/** Which addresses may come to an instance (wire contract 1.1 rule 8). */
// hot
import { isIPv4 } from 'node:net';
import { AddressSet } from '@causeway/condition';
import type { InstanceChunk } from '@causeway/contract';

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
  return (address) => (isIPv4(address) ? of4(address) : of6(address));
}

function compileList({ mode, blocks }: AccessList, problems: string[]): AccessRule {
  const held = new AddressSet();
  for (const text of blocks) if (!held.add(text)) problems.push(`access list: ${text} is no address or block`);
  const wanted = mode === 'allow';
  return (address) => held.has(address, 0) === wanted;
}

function everybody(): boolean {
  return true;
}
