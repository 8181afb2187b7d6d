/** A data plane: listeners, admin port, and the program that requests run on. */
import type { Server } from 'node:http';
import { type AddressInfo, Server as ConnectionServer } from 'node:net';
import type { Program } from '@causeway/engine';
import type { PluginServices } from '@causeway/plugins';
import type { Logger } from 'pino';
import { createAccessLog } from './access-log.js';
import { createAdmin } from './admin.js';
import { Buffers } from './buffers.js';
import { FrontProxies } from './client-address.js';
import type { Config } from './config.js';
import { exceptionText } from './exception-text.js';
import { alwaysOn } from './forward/always-on.js';
import { Deadlines } from './forward/deadlines.js';
import { Guard } from './forward/guard.js';
import { ownDoors, watchDoors } from './forward/own-doors.js';
import { Servers } from './forward/servers.js';
import { Upstreams } from './forward/upstreams.js';
import type { Gateway, Hop } from './gateway.js';
import { listen } from './listen.js';
import { createMetrics, type Metrics } from './metrics.js';
import type { OpenNonces } from './nonces/open-nonces.js';
import { copyOutcome } from './outcome.js';
import { openRateLimits } from './rate-limits/rate-limits.js';
import { type OnRedis, RedisLink } from './redis-link.js';
import { createListener } from './server.js';
import { Answers } from './services/answers.js';
import { Breakers } from './services/breakers.js';
import { LocalLimits } from './services/local-limits.js';
import { createServices } from './services/services.js';
import { SharedLimits } from './services/shared-limits.js';
import { watchStaleness } from './staleness.js';
import type { SyncStatus } from './sync/options.js';

/** How often a drain looks whether everything has ended, ms. */
const DRAIN_POLL_MS = 20;
/** How long clients are given to use their connections once more, and to learn from the answer that they end, ms. */
const HAND_OVER_MS = 5000;

export interface DataPlaneOptions {
  /** The access log's file or descriptor; standard output when not set. */
  readonly logTo?: string | number;
  /** False for one of several workers: their primary answers on the admin port. */
  readonly hasAdmin?: boolean;
  /** Told when it begins to serve requests, and when it ceases to. */
  readonly onReady?: (isReady: boolean) => void;
}

export interface DataPlane {
  /** What its plugins use; handed to whoever compiles for it. */
  readonly services: PluginServices;
  /** The newest program; setting it is the swap. */
  program: Program | null;
  readonly metrics: Pick<Metrics, 'values'>;
  /** False until there is a program, and while what runs may not be served. */
  readonly isReady: boolean;
  /** Takes over what following an instance tells: for metrics, and for how long a program may be served. */
  follow(status: () => SyncStatus): void;
  /** Binds all ports; the traffic ports answer X503BZ until there is a program. */
  start(): Promise<void>;
  /** Takes no new connection, and serves those that it has until their clients hear from an answer that they end. */
  handOver(): Promise<void>;
  /** Lets running requests finish, up to the drain time, and ends. */
  stop(): Promise<void>;
}

/** Where the access log goes: standard output. */
const STANDARD_OUTPUT = 1;

export function createDataPlane(
  config: Config,
  logger: Logger,
  nonces: OpenNonces,
  { logTo = STANDARD_OUTPUT, hasAdmin = true, onReady = () => {} }: DataPlaneOptions = {},
): DataPlane {
  const accessLog = createAccessLog(config.accessLog, config.nodeId, logTo);
  const doors = ownDoors(config);
  const guard = new Guard(config.backend.allowLoopback, doors, config.backend.deniedBlocks);
  let stopWatching = () => {};
  let stopFollowing = () => {};
  let newest: Program | null = null;
  let mayServe = true;
  const link = config.redisUrl === null ? null : new RedisLink(config.redisUrl, tellPlugins(logger));
  const shared = link === null ? null : { link, prefix: config.redisPrefix };
  const instanceId = () => gateway.program?.instance.id ?? '';
  const breakers = new Breakers(shared, instanceId);
  const ownLimits = new LocalLimits();
  const limits = shared === null ? ownLimits : new SharedLimits({ ...shared, nodeId: config.nodeId, instanceId }, ownLimits);
  const gateway: Gateway = {
    config,
    program: null,
    nonces: nonces.store,
    frontProxies: config.trustedProxies.length === 0 ? null : new FrontProxies(config.trustedProxies),
    rateLimits: openRateLimits(config, (reason) => {
      if (reason === null) logger.info('rate limits: Redis answers again');
      else logger.warn({ reason }, 'rate limits: Redis is away, each node counts for itself');
    }),
    servers: new Servers(Math.random),
    upstreams: new Upstreams(guard, config.backend.tlsVerify),
    siblings: new Upstreams({ allows: () => true }, config.backend.tlsVerify),
    limits,
    answers: new Answers(config.limits.cacheBytes),
    breakers,
    alwaysOn: alwaysOn(breakers),
    buffers: new Buffers(config.limits.bufferedTotalBytes),
    deadlines: new Deadlines(),
    tunnels: new Set(),
    nestedCalls: 0,
    running: 0,
    parting: false,
    draining: false,
    done(x) {
      const endedMs = performance.now();
      if (x.child !== null) shareUpward(x);
      for (let hop: Hop | null = x; hop !== null; hop = hop.child) {
        hop.finished = true;
        if (hop !== x) {
          gateway.nestedCalls--;
          copyOutcome(x, hop);
        }
        gateway.buffers.give(hop.bufferedBytes);
        metrics.note(hop, endedMs);
        accessLog.write(hop, gateway, endedMs);
      }
    },
    failed(x, error) {
      x.exception = exceptionText(error);
      logger.error(
        { err: error, requestId: x.requestId, httpPath: x.path, apiId: x.route?.apiId },
        'a request failed unexpectedly',
      );
    },
  };
  const metrics = createMetrics(() => gateway, nonces.counters, gateway.rateLimits.counters);
  const traffic = { public: createListener('public', gateway), internal: createListener('internal', gateway) };
  const admin = hasAdmin ? createAdmin({ notReady, metrics: metrics.text }) : null;

  function notReady(): string | null {
    if (gateway.draining) return 'stopping';
    return gateway.program === null ? 'no snapshot applied yet' : null;
  }

  /** Puts in force what may be served. */
  function swap(): void {
    const wasReady = gateway.program !== null;
    gateway.program = mayServe ? newest : null;
    const isReady = gateway.program !== null;
    if (isReady !== wasReady) onReady(isReady);
  }

  return {
    services: createServices(gateway, nonces.seen),
    metrics,
    get isReady() {
      return gateway.program !== null;
    },
    get program() {
      return newest;
    },
    set program(program) {
      newest = program;
      swap();
    },
    follow(status) {
      metrics.follow(status);
      stopFollowing = watchStaleness(
        () => status().unconfirmedMs,
        config.maxStalenessMs,
        (fresh) => {
          mayServe = fresh;
          swap();
          if (fresh) logger.info('what runs is confirmed again: traffic is served');
          else
            logger.error(
              { maxStalenessMs: config.maxStalenessMs },
              'what runs was not confirmed for too long: traffic is refused',
            );
        },
      );
    },
    async start() {
      stopWatching = await watchDoors(doors, guard);
      if (admin !== null) await listen(admin, config.admin, 'CAUSEWAY_ADMIN_PORT');
      await listen(traffic.internal, config.internal, 'CAUSEWAY_INTERNAL_PORT');
      // Wire calls go to the own internal listener: port 0 is known only now.
      config.internal.port = (traffic.internal.address() as AddressInfo).port;
      await listen(traffic.public, config.public, 'CAUSEWAY_PUBLIC_PORT');
      const servers = Object.entries({ ...traffic, ...(admin === null ? {} : { admin }) });
      logger.info({ ports: Object.fromEntries(servers.map(([name, server]) => [name, server.address()])) }, 'listening');
    },
    async handOver() {
      gateway.parting = true;
      const servers = Object.values(traffic);
      // The HTTP server's own `close` would end idle connections at once, under requests that are on their way.
      for (const server of servers) ConnectionServer.prototype.close.call(server);
      const untilMs = performance.now() + Math.min(HAND_OVER_MS, config.drainMs);
      while (performance.now() < untilMs && (await countConnections(servers)) > 0) await pause(DRAIN_POLL_MS);
    },
    async stop() {
      gateway.parting = true;
      gateway.draining = true;
      // The internal listener stays until all is done: running requests may call it.
      const closed = [close(traffic.public)];
      traffic.public.closeIdleConnections();
      await drained(gateway, config.drainMs);
      closed.push(close(traffic.internal));
      for (const end of gateway.tunnels) end();
      for (const server of Object.values(traffic)) server.closeAllConnections();
      await Promise.all(closed);
      // What was broken off is logged yet.
      await drained(gateway, DRAIN_POLL_MS * 10);
      await Promise.all([gateway.upstreams.destroy(), gateway.siblings.destroy()]);
      if (admin !== null) {
        admin.closeAllConnections();
        await close(admin);
      }
      stopWatching();
      stopFollowing();
      gateway.rateLimits.close();
      if (limits instanceof SharedLimits) limits.close();
      link?.close();
      await accessLog.close();
    },
  };
}

/**
 * What the last hop of a process knows of body and backend holds for those that called it: over the wire each would have seen
 * the same. A hop whose callee asked nobody got its answer when the first one sent it.
 */
function shareUpward(first: Hop): void {
  let last = first;
  while (last.child !== null) last = last.child;
  for (let hop = last.parent; hop !== null; hop = hop.parent) {
    const child = hop.child!;
    if (child.body !== null && child.body === hop.body) {
      hop.requestBytes = Math.max(hop.requestBytes, child.requestBytes);
      hop.bodyEndMs = Math.max(hop.bodyEndMs, child.bodyEndMs);
    }
    hop.upstreamConnectMs = hop.upstreamStartMs;
    if (hop.out !== null && hop.out.body !== 'none') hop.upstreamSentMs = child.bodyEndMs;
    // The first hop of a tunnel has noted its head by itself.
    hop.upstreamHeadMs ||= child.upstreamHeadMs > 0 ? child.upstreamHeadMs : first.answerStartMs;
    hop.upstreamEndMs = child.upstreamEndMs > 0 ? child.upstreamEndMs : first.answerStartMs;
  }
  for (let hop = first.child; hop !== null; hop = hop.child) {
    if (hop.body === null) continue;
    if (hop.body === hop.parent!.body) {
      hop.requestBytes = hop.parent!.requestBytes;
      hop.bodyEndMs = hop.parent!.bodyEndMs;
    } else if (hop.body.buffered !== null) hop.requestBytes = hop.body.buffered.length;
  }
}

function tellPlugins(logger: Logger): OnRedis {
  return (reason) => {
    if (reason === null) logger.info('plugins: Redis answers again');
    else logger.warn({ reason }, 'plugins: Redis is away, each node counts for itself');
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

async function countConnections(servers: readonly Server[]): Promise<number> {
  const counts = servers.map((server) => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count))));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

async function drained(gateway: Gateway, withinMs: number): Promise<void> {
  const untilMs = performance.now() + withinMs;
  while (gateway.running > 0 && performance.now() < untilMs) await pause(DRAIN_POLL_MS);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
