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

type Choice = readonly Server[];

export class Servers {
  /** For the program that was asked for last: backends with one address share what is known of it. */
  private program: Program | null = null;
  private readonly byAddress = new Map<string, Choice>();

  constructor(private readonly random: () => number) {}

  /** Private DNS may say that a name stands for other servers, each with a weight. */
  of(backend: HttpBackend, program: Program): Server {
    // A backend outlives a program that changed nothing about it, but private DNS may have changed.
    if (backend.known === null || backend.known.program !== program)
      backend.known = { program, servers: this.choiceFor(backend, program) };
    const servers = backend.known.servers as Choice;
    return servers.length === 1 ? servers[0]! : this.pick(servers);
  }

  private choiceFor(backend: HttpBackend, program: Program): Choice {
    if (program !== this.program) {
      this.byAddress.clear();
      this.program = program;
    }
    const { scheme, host, port, serverName } = backend;
    const address = `${scheme}://${host}:${port} ${serverName}`;
    let choice = this.byAddress.get(address);
    if (choice === undefined) {
      choice = serversOf(backend, program);
      this.byAddress.set(address, choice);
    }
    return choice;
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

function serversOf({ scheme, host, port, serverName }: HttpBackend, program: Program): Choice {
  const records = program.privateDns.get(host);
  if (records === undefined || records.length === 0) return [new Server(scheme, host, port, serverName, 1)];
  return records.map((record) => new Server(scheme, record.address, record.port ?? port, serverName, record.weight));
}
