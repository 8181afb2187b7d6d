/** Where calls go: worked out once for each address. */
// hot
import type { HttpBackend, Program } from '@causeway/engine';
import type { Upstream } from './upstreams.js';

export class Server {
  /** Its connections, once it was called. */
  upstream: Upstream | null = null;

  constructor(
    readonly scheme: 'http' | 'https',
    /** A name or address to connect to. */
    readonly host: string,
    readonly port: number,
    /** The name that a certificate must hold. */
    readonly serverName: string,
    readonly weight: number,
  ) {}
}

type Choice = readonly Server[];

export class Servers {
  constructor(private readonly random: () => number) {}

  /** Private DNS may say that a name stands for other servers, each with a weight. */
  of({ address }: HttpBackend, { privateDns }: Program): Server {
    // An address outlives a program, whose private DNS may not be that of the one before.
    if (address.known === null || address.known.privateDns !== privateDns)
      address.known = { privateDns, servers: serversOf(address, privateDns) };
    const servers = address.known.servers as Choice;
    return servers.length === 1 ? servers[0]! : this.pick(servers);
  }

  private pick(servers: Choice): Server {
    let at = this.random() * servers.reduce((sum, { weight }) => sum + weight, 0);
    for (const server of servers) {
      at -= server.weight;
      if (at < 0) return server;
    }
    return servers[servers.length - 1]!;
  }
}

function serversOf({ scheme, host, port, serverName }: HttpBackend['address'], privateDns: Program['privateDns']): Choice {
  const records = privateDns.get(host);
  if (records === undefined || records.length === 0) return [new Server(scheme, host, port, serverName, 1)];
  return records.map((record) => new Server(scheme, record.address, record.port ?? port, serverName, record.weight));
}
