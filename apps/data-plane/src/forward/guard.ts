/** Which addresses a backend may have (wire contract 6 rule 2). */
import { BlockList, isIP } from 'node:net';

/** Link-local (metadata services among them), multicast, unspecified and broadcast. */
const NEVER: ReadonlyArray<readonly [address: string, prefix: number, family: 'ipv4' | 'ipv6']> = [
  ['0.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['255.255.255.255', 32, 'ipv4'],
  ['100.100.100.200', 32, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  ['fd00:ec2::254', 128, 'ipv6'],
];

/** The gateway's own doors, which no definition may reach: `port` on any address of this machine or `address` itself. */
export interface OwnDoor {
  readonly address: string | null;
  readonly port: number;
}

export class Guard {
  private readonly denied = new BlockList();
  private readonly loopback = new BlockList();

  constructor(
    private readonly allowLoopback: boolean,
    private readonly ownDoors: readonly OwnDoor[],
  ) {
    for (const [address, prefix, family] of NEVER) this.denied.addSubnet(address, prefix, family);
    this.loopback.addSubnet('127.0.0.0', 8, 'ipv4');
    this.loopback.addAddress('::1', 'ipv6');
  }

  /** @param address an IPv4 or IPv6 address as it will be connected to */
  allows(address: string, port: number): boolean {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(plain) === 0 || this.denied.check(plain, family)) return false;
    const local = this.loopback.check(plain, family);
    if (local && !this.allowLoopback) return false;
    return !this.ownDoors.some((door) => door.port === port && (local || door.address === plain));
  }
}
