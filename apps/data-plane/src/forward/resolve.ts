/** Finds the address of a backend's name, and refuses those it may not have. */
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

/** Says which addresses may be connected to. */
export interface AddressRule {
  allows(address: string, port: number): boolean;
}

/** Thrown into a connection attempt whose name resolves to addresses that are all refused (D504IL). */
export class IllegalAddress extends Error {
  readonly code = 'CAUSEWAY_ILLEGAL_ADDRESS';
}

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** For `net.connect`: every address it may be given has passed the guard. `*.localhost` is this machine (RFC 6761). */
export function guardedLookup(guard: AddressRule, port: number): LookupFunction {
  return ((hostname: string, options: LookupOptions, found: Found) => {
    const answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => {
      if (error !== null) return found(error, []);
      const allowed = addresses.filter(({ address }) => guard.allows(address, port));
      const first = allowed[0];
      if (first === undefined) return found(new IllegalAddress(hostname), []);
      return options.all ? found(null, allowed) : found(null, first.address, first.family);
    };
    if (hostname === 'localhost' || hostname.endsWith('.localhost')) return answer(null, [{ address: '127.0.0.1', family: 4 }]);
    lookup(hostname, { ...options, all: true }, answer);
  }) as LookupFunction;
}

/** True when a host is an address whose connection would skip the look-up. */
export function isAddress(host: string): boolean {
  return isIP(host.startsWith('[') ? host.slice(1, -1) : host) !== 0;
}
