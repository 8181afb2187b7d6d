/** Connection pools to backends, by where they lead; they live on across swaps while they are used. */
import { isIP } from 'node:net';
import { buildConnector, Pool } from 'undici';
import { type AddressRule, guardedLookup, isAddress } from './resolve.js';
import type { Server } from './servers.js';

/** Wire contract 12. */
const CONNECTIONS = 256;
const WAITING = 1024;
const CONNECT_MS = 5000;
/** How long an idle connection is kept when the backend does not say; undici's own 4 s would reconnect too often. */
const KEEP_ALIVE_MS = 30_000;
const MAX_HEADER_BYTES = 65_536;
/** A pool that nobody used for this long is closed. */
const IDLE_MS = 300_000;

export class Upstream {
  running = 0;
  /** Since the last look. */
  used = true;
  closed = false;

  constructor(
    readonly pool: Pool,
    /** `host:port`, for the log. */
    readonly address: string,
    /** Null: fine; otherwise the pool leads to an address that is refused (D504IL). */
    readonly illegal: boolean,
    /** What a certificate must hold; given with each call, or undici works it out of `Host`, which may be the client's. */
    readonly serverName: string | undefined,
  ) {}

  get full(): boolean {
    return this.running >= CONNECTIONS + WAITING;
  }
}

export class Upstreams {
  private readonly byOrigin = new Map<string, Upstream>();
  private readonly idleLook = setInterval(() => this.closeIdle(), IDLE_MS).unref();

  constructor(
    readonly guard: AddressRule,
    private readonly tlsVerify: boolean,
  ) {}

  /** The connections to a server; servers of other programs that lead to the same place share them. */
  of(server: Server): Upstream {
    const known = server.upstream;
    if (known !== null && !known.closed) return known;
    const { scheme, host, port, serverName } = server;
    const origin = scheme === 'http' ? `http://${host}:${port}` : `https://${host}:${port} ${serverName}`;
    const upstream = this.byOrigin.get(origin) ?? this.open(server);
    this.byOrigin.set(origin, upstream);
    server.upstream = upstream;
    return upstream;
  }

  /** True for an address that may not be connected to; a name is judged when it is looked up. */
  refuses(host: string, port: number): boolean {
    return isAddress(host) && !this.guard.allows(host.replace(/^\[|\]$/g, ''), port);
  }

  /** Breaks off what still runs. */
  async destroy(): Promise<void> {
    clearInterval(this.idleLook);
    await Promise.all([...this.byOrigin.values()].map(({ pool }) => pool.destroy()));
  }

  private open({ scheme, host, port, serverName }: Server): Upstream {
    const origin = originOf(scheme, host, port);
    // Judged as it will be connected to: the odd spellings of an address, such as `0x7f.1`, are one in a URL.
    const illegal = origin === null || this.refuses(origin.hostname, port);
    const connect = buildConnector({
      timeout: CONNECT_MS,
      lookup: guardedLookup(this.guard, port),
      rejectUnauthorized: this.tlsVerify,
      servername: isAddress(serverName) ? '' : serverName,
      allowH2: false,
    });
    const pool = new Pool(origin ?? 'http://invalid.', {
      connections: CONNECTIONS,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      connect: (options, callback) =>
        connect(options, (error, socket) => {
          if (error !== null) return callback(error, null);
          // Says on an error whether the connection had carried an answer before: only then may a request be sent again.
          socket.prependListener('error', (problem: Error & { reused?: boolean }) => {
            problem.reused = socket.bytesRead > 0;
          });
          return callback(null, socket);
        }),
    });
    return new Upstream(pool, `${host}:${port}`, illegal, scheme === 'https' && isAddress(serverName) ? undefined : serverName);
  }

  private closeIdle(): void {
    for (const [origin, upstream] of this.byOrigin) {
      if (upstream.running > 0 || upstream.used) {
        upstream.used = false;
        continue;
      }
      this.byOrigin.delete(origin);
      upstream.closed = true;
      void upstream.pool.close();
    }
  }
}

/** Null: no URL can be made of it. An IPv6 address may come without its brackets. */
function originOf(scheme: 'http' | 'https', host: string, port: number): URL | null {
  const text = `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  return URL.canParse(text) ? new URL(text) : null;
}
