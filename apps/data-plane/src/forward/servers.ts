/** Where calls go: worked out once for each backend of a program. */
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

/** Looked up by the backend itself: no text of its address is put together for each call. */
export class Servers {
  private program: Program | null = null;
  private readonly byBackend = new Map<HttpBackend, readonly Server[]>();

  constructor(private readonly random: () => number) {}

  /** Private DNS may say that a name stands for other servers, each with a weight. */
  of(backend: HttpBackend, program: Program): Server {
    if (program !== this.program) {
      this.byBackend.clear();
      this.program = program;
    }
    let servers = this.byBackend.get(backend);
    if (servers === undefined) {
      servers = serversOf(backend, program);
      this.byBackend.set(backend, servers);
    }
    return servers.length === 1 ? servers[0]! : this.pick(servers);
  }

  private pick(servers: readonly Server[]): Server {
    let at = this.random() * servers.reduce((sum, { weight }) => sum + weight, 0);
    for (const server of servers) {
      at -= server.weight;
      if (at < 0) return server;
    }
    return servers[servers.length - 1]!;
  }
}

function serversOf({ scheme, host, port, serverName }: HttpBackend, program: Program): readonly Server[] {
  const records = program.privateDns.get(host);
  if (records === undefined || records.length === 0) return [new Server(scheme, host, port, serverName, 1)];
  return records.map((record) => new Server(scheme, record.address, record.port ?? port, serverName, record.weight));
}
