/** Finds the client behind front proxies whose X-Forwarded-For is believed (wire contract 5.4 rule 3). */
// hot
import { isIP, SocketAddress } from 'node:net';
import { parseBlock } from './address.js';

export class TrustedProxies {
  private readonly holds: ReadonlyArray<(address: string) => boolean>;

  /** @param blocks addresses and blocks, each fit for `parseBlock` */
  constructor(blocks: readonly string[]) {
    this.holds = blocks.flatMap((text) => parseBlock(text) ?? []);
  }

  trusts(address: string): boolean {
    return this.holds.some((block) => block(address));
  }

  /**
   * From the right: each proxy appends the address that it saw, and what stands left of the client's may be invented by it.
   *
   * @param forwardedFor the inbound lines joined by commas
   * @param peer whom the caller trusts
   */
  clientIn(forwardedFor: string, peer: string): string {
    let client = peer;
    for (let end = forwardedFor.length; end >= 0; ) {
      const comma = forwardedFor.lastIndexOf(',', end - 1);
      const item = forwardedFor.slice(comma + 1, end).trim();
      end = comma < 0 || end === 0 ? -1 : comma;
      if (item === '') continue;
      const address = addressIn(item);
      if (address === null) break;
      client = address;
      if (!this.trusts(address)) break;
    }
    return client;
  }
}

/** The address of an item, which some proxies write with a port; null: it is none. An IPv4-mapped one is written as IPv4. */
function addressIn(item: string): string | null {
  const bare = /^\[([^\]]*)\](?::[0-9]{1,5})?$/.exec(item)?.[1] ?? /^([0-9.]+):[0-9]{1,5}$/.exec(item)?.[1] ?? item;
  const version = isIP(bare);
  if (version === 0 || bare.includes('%')) return null;
  if (version === 4) return bare;
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' });
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
