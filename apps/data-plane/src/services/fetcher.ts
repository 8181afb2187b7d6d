/** Asks other servers on behalf of plugins, by the rules for backends: guarded addresses, private DNS, loop protection. */
import { addVia, type Backend, type CallableBackend } from '@causeway/engine';
import { Answer, type Fetched, type Fetcher, FetchFailure, type FetchRequest, Outgoing } from '@causeway/plugins';
import type { Dispatcher } from 'undici';
import { placeOnWire, vouch } from '../forward/internal.js';
import type { Server } from '../forward/servers.js';
import type { Upstream, Upstreams } from '../forward/upstreams.js';
import type { Gateway, Hop } from '../gateway.js';

export class PoolFetcher implements Fetcher {
  constructor(private readonly gateway: () => Gateway) {}

  fetch(request: FetchRequest, x: Hop | null): Promise<Fetched> {
    const backend = request.backend as Backend;
    if (backend.kind !== 'http' && backend.kind !== 'internal') return fail('there is nothing to ask');
    const gateway = this.gateway();
    const place = this.placeOf(backend, x, gateway);
    if (place instanceof Answer) return fail(place.errorCode ?? '');
    const upstream = place.upstreams.of(place.server);
    if (upstream.illegal) return fail('its address may not be called');
    if (upstream.full) return fail('too many calls are under way');
    if (x?.tree.gone) return fail('the client went away');
    const out = this.outgoing(request, backend, x);
    return new Promise((resolve, reject) => new Asked(request, upstream, x, resolve, reject).start(out));
  }

  /** An internal domain is always asked over the wire: what it answers is read whole, and no answer of a request under way. */
  private placeOf(
    backend: CallableBackend,
    x: Hop | null,
    gateway: Gateway,
  ): { readonly server: Server; readonly upstreams: Upstreams } | Answer {
    const program = gateway.program!;
    if (backend.kind === 'http') return { server: gateway.servers.of(backend, program), upstreams: gateway.upstreams };
    const server = placeOnWire(x, backend, program, gateway);
    return server instanceof Answer ? server : { server, upstreams: gateway.siblings };
  }

  private outgoing(request: FetchRequest, { kind, address }: CallableBackend, x: Hop | null): Outgoing {
    const { program } = this.gateway();
    const mark = request.target.indexOf('?');
    const [path, query] = mark < 0 ? [request.target, ''] : [request.target.slice(0, mark), request.target.slice(mark + 1)];
    const out = new Outgoing(request.method, path, query, kind === 'internal' ? address.host : address.hostHeader);
    out.headers.push(...request.headers);
    addVia(x, out, program!.instance.hopIds[x?.listener ?? 'internal']);
    if (kind === 'internal' && x !== null) vouch(x, out, program!);
    out.headers.push('Host', out.host);
    return out;
  }
}

function fail(reason: string): Promise<never> {
  return Promise.reject(new FetchFailure(reason));
}

/** Undici's handler with raw headers, as for backends. */
class Asked {
  private abort: (() => void) | null = null;
  private timer: NodeJS.Timeout | null = null;
  private settled = false;
  private status = 0;
  private headers: string[] = [];
  private readonly chunks: Buffer[] = [];
  private length = 0;
  private tooLong = false;

  constructor(
    private readonly request: FetchRequest,
    private readonly upstream: Upstream,
    private readonly x: Hop | null,
    private readonly resolve: (fetched: Fetched) => void,
    private readonly reject: (failure: FetchFailure) => void,
  ) {}

  start(out: Outgoing): void {
    const { request, upstream, x } = this;
    upstream.running++;
    this.timer = setTimeout(() => this.giveUp('no answer in time'), request.timeoutMs);
    if (x !== null) x.tree.call = { cancel: () => this.giveUp('the client went away') };
    const options = {
      path: out.target,
      method: out.method,
      headers: out.headers,
      body: request.body,
      servername: upstream.serverName,
    };
    upstream.pool.dispatch(options as unknown as Dispatcher.DispatchOptions, this as unknown as Dispatcher.DispatchHandler);
  }

  // What undici calls.

  onConnect(abort: () => void): void {
    this.abort = abort;
    if (this.settled) abort();
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    if (status < 200) return true;
    this.status = status;
    this.headers = headers.map((each) => each.toString('latin1'));
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.length += chunk.length;
    if (this.length <= this.request.maxBodyBytes) this.chunks.push(chunk);
    else if (!this.tooLong) {
      // The rest is of no use: what was asked for is known.
      this.tooLong = true;
      this.finish();
      this.abort?.();
    }
    return true;
  }

  onComplete(): void {
    this.finish();
  }

  onError(): void {
    this.settle(() => this.reject(new FetchFailure('no connection, or it broke off')));
  }

  private finish(): void {
    const body = this.tooLong ? null : Buffer.concat(this.chunks);
    this.settle(() => this.resolve({ status: this.status, headers: this.headers, body }));
  }

  private giveUp(reason: string): void {
    this.settle(() => this.reject(new FetchFailure(reason)));
    this.abort?.();
  }

  private settle(tell: () => void): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer!);
    this.upstream.running--;
    this.upstream.used = true;
    if (this.x !== null) this.x.tree.call = null;
    tell();
  }
}
