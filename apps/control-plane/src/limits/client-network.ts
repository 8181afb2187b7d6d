/** Tells whose failures are counted together: those of a client address, of IPv6 those of its /64, which is what one customer is given. */
import { TrustedProxies } from '@causeway/condition';
import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { canonicalBlock } from '../instances/address-block.js';
import { LimitSettings } from './limit-settings.js';

@Injectable()
export class ClientNetwork {
  private readonly proxies: TrustedProxies;

  constructor({ trustedProxies }: LimitSettings) {
    this.proxies = new TrustedProxies(trustedProxies);
  }

  /** Of the peer, or of the client behind trusted proxies (wire contract 5.4 rule 3). */
  of({ socket, headers }: Request): string {
    // Without the zone of a link-local address; an IPv4 one as such.
    const peer = (socket.remoteAddress ?? '').replace(/%.*$/, '').replace(/^::ffff:(?=.*\.)/, '');
    const forwardedFor = headers['x-forwarded-for'];
    if (forwardedFor === undefined || !this.proxies.trusts(peer)) return networkOf(peer);
    return networkOf(this.proxies.clientIn(String(forwardedFor), peer));
  }
}

function networkOf(address: string): string {
  return canonicalBlock(`${address}/64`, 'ipv6') ?? address;
}
