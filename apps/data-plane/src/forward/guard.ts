/** Which addresses a backend may have (wire contract 6 rule 2). */
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { parseBlock } from '@causeway/condition';

type Block = readonly [address: string, prefix: number];

/** Link-local (metadata services among them), multicast, unspecified and broadcast. */
const NEVER_4: readonly Block[] = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['255.255.255.255', 32],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
];
const NEVER_6: readonly Block[] = [
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
];
const LOOPBACK_4: Block = ['127.0.0.0', 8];

/** One of the gateway's own ports, or of its control plane's and stores', which no definition may name. */
export interface OwnDoor {
  /** An address, or a name that `learn` tells the addresses of; null: any address of this machine. */
  readonly host: string | null;
  readonly port: number;
}

interface Door extends OwnDoor {
  addresses: BlockList;
}

export class Guard {
  private readonly never = new BlockList();
  private readonly loopback = new BlockList();
  private readonly denied: ReadonlyArray<(address: string) => boolean>;
  private readonly doors: readonly Door[];

  /**
   * @param deniedBlocks addresses and blocks besides those that are never allowed, each fit for `parseBlock`
   * @param own addresses of this machine besides loopback
   */
  constructor(
    private readonly allowLoopback: boolean,
    doors: readonly OwnDoor[],
    deniedBlocks: readonly string[] = [],
    own: () => readonly string[] = addressesOfThisMachine,
  ) {
    for (const block of NEVER_4) addBlock4(this.never, block);
    for (const [address, prefix] of NEVER_6) this.never.addSubnet(address, prefix, 'ipv6');
    this.denied = deniedBlocks.flatMap((text) => {
      const [address = '', prefix] = text.split('/');
      if (isIP(address) === 4) addBlock4(this.never, [address, prefix === undefined ? 32 : Number(prefix)]);
      return parseBlock(text) ?? [];
    });
    addBlock4(this.loopback, LOOPBACK_4);
    this.loopback.addAddress('::1', 'ipv6');
    this.doors = doors.map((door) => ({ ...door, addresses: this.listOf(door.host === null ? own() : [door.host]) }));
  }

  /** What the name of a door leads to, replacing what was known of it. */
  learn(host: string, addresses: readonly string[]): void {
    for (const door of this.doors) if (door.host === host) door.addresses = this.listOf(addresses);
  }

  /** @param address an IPv4 or IPv6 address as it will be connected to */
  allows(address: string, port: number): boolean {
    const plain = address.replace(/%.*$/, '');
    const family = familyOf(plain);
    if (family === null || this.never.check(plain, family) || this.denied.some((block) => block(plain))) return false;
    const local = this.loopback.check(plain, family);
    if (local && !this.allowLoopback) return false;
    return !this.doors.some(
      (door) => door.port === port && ((local && door.host === null) || door.addresses.check(plain, family)),
    );
  }

  /** One loopback address stands for all of them: a server on one of them may well answer on the others. */
  private listOf(addresses: readonly string[]): BlockList {
    const list = new BlockList();
    for (const address of addresses) {
      const family = familyOf(address);
      if (family === null) continue;
      list.addAddress(address, family);
      if (!this.loopback.check(address, family)) continue;
      addBlock4(list, LOOPBACK_4);
      list.addAddress('::1', 'ipv6');
    }
    return list;
  }
}

/** With its form behind NAT64 (RFC 6052); the list itself knows the IPv4-mapped one. */
function addBlock4(list: BlockList, [address, prefix]: Block): void {
  list.addSubnet(address, prefix, 'ipv4');
  list.addSubnet(`64:ff9b::${address}`, 96 + prefix, 'ipv6');
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  const version = isIP(address);
  return version === 0 ? null : version === 6 ? 'ipv6' : 'ipv4';
}

function addressesOfThisMachine(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}
