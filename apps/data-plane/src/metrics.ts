/** Counters of a data plane in the Prometheus text format. */
// hot
import { type Aggregator, Counter, collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';
import type { Gateway, Hop } from './gateway.js';
import type { NonceCounters } from './nonces/nonce-counters.js';
import type { RateLimitCounters } from './rate-limits/request-counter.js';
import type { SourceName, SyncStatus } from './sync/options.js';

/** Upper bounds of the latency histogram, ms. */
const BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000];
const LISTENERS = ['public', 'internal', 'vpc'] as const;

/** Plain numbers per listener: prom-client hashes labels at every increment, these are read when somebody scrapes. */
class Tally {
  /** By status of the answer; 0: the client went away first. */
  readonly byStatus = new Float64Array(600);
  readonly buckets = new Float64Array(BOUNDS_MS.length + 1);
  sumMs = 0;
  count = 0;
}

type Tallies = Readonly<Record<(typeof LISTENERS)[number], Tally>>;

/** What a process has counted, each with how the values of several are put together. */
export type MetricValues = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

export interface Metrics {
  /** Everything, as a scrape gets it. */
  text(): Promise<string>;
  /** The same for a primary, which puts together what its workers counted. */
  values(): Promise<MetricValues>;
  /** Tells from now on how following the instance goes. */
  follow(status: () => SyncStatus): void;
  /** Counts one hop that ended at `endedMs`, monotonic. */
  note(x: Hop, endedMs: number): void;
}

export function createMetrics(gateway: () => Gateway, nonces: NonceCounters, rateLimits: RateLimitCounters): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'causeway_' });
  const tallies = { public: new Tally(), internal: new Tally(), vpc: new Tally() };
  const refusals = new Map<string, number>();
  exportRequests(registry, tallies);
  exportDurations(registry, tallies);
  exportRefusals(registry, refusals);
  exportState(registry, gateway);
  exportOutcomes(
    registry,
    'causeway_nonces_total',
    'Nonces by who judged them: Redis (shared), this process (local), nobody (unavailable); and what went wrong.',
    () => nonces,
  );
  exportOutcomes(
    registry,
    'causeway_rate_limits_total',
    'Requests counted against a limit, by who counted: Redis (shared), this process (local); and what went wrong.',
    () => rateLimits,
  );
  return {
    follow: (status) => exportSync(registry, status),
    text: () => registry.metrics(),
    values: () => registry.getMetricsAsJSON(),
    note(x, endedMs) {
      const tally = tallies[x.listener];
      tally.byStatus[x.status]!++;
      const durationMs = endedMs - x.startedMs;
      let bucket = 0;
      while (bucket < BOUNDS_MS.length && durationMs > BOUNDS_MS[bucket]!) bucket++;
      tally.buckets[bucket]!++;
      tally.sumMs += durationMs;
      tally.count++;
      if (x.errorCode !== null) refusals.set(x.errorCode, (refusals.get(x.errorCode) ?? 0) + 1);
    },
  };
}

function exportRequests(registry: Registry, tallies: Tallies): void {
  new Counter({
    name: 'causeway_requests_total',
    help: 'Requests answered, one per hop.',
    labelNames: ['listener', 'status'],
    registers: [registry],
    collect() {
      this.reset();
      for (const listener of LISTENERS)
        for (const [status, count] of tallies[listener].byStatus.entries()) if (count > 0) this.inc({ listener, status }, count);
    },
  });
}

/** The latency histogram: made from the tallies, because prom-client's own cannot be filled from outside. */
function exportDurations(registry: Registry, tallies: Tallies): void {
  const name = 'causeway_request_duration_seconds';
  const about = {
    name,
    help: 'Time from the head of a request to the last byte of its answer, one per hop.',
    type: 'histogram',
    aggregator: 'sum',
  };
  // A registry asks nothing else of a metric.
  registry.registerMetric({ ...about, get: () => ({ ...about, values: durations(name, tallies) }) } as unknown as Metric);
}

function durations(name: string, tallies: Tallies) {
  return LISTENERS.flatMap((listener) => {
    const tally = tallies[listener];
    let below = 0;
    const buckets = Array.from(tally.buckets, (count, at) => {
      below += count;
      const le = at < BOUNDS_MS.length ? BOUNDS_MS[at]! / 1000 : '+Inf';
      return { metricName: `${name}_bucket`, labels: { listener, le }, value: below };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: { listener }, value: tally.sumMs / 1000 },
      { metricName: `${name}_count`, labels: { listener }, value: tally.count },
    ];
  });
}

function exportRefusals(registry: Registry, refusals: ReadonlyMap<string, number>): void {
  new Counter({
    name: 'causeway_refusals_total',
    help: 'Answers that the gateway made itself, by error code.',
    labelNames: ['code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [code, count] of refusals) this.inc({ code }, count);
    },
  });
}

function exportState(registry: Registry, gateway: () => Gateway): void {
  const gauge = (name: string, help: string, read: (gateway: Gateway) => number, aggregator: Aggregator = 'sum') =>
    exportGauge(registry, name, help, () => read(gateway()), aggregator);
  // Of several workers the one that is behind.
  gauge('causeway_config_revision', 'Revision that is in force; 0 before the first.', (g) => g.program?.revision ?? 0, 'min');
  gauge('causeway_config_apis', 'Published versions in force.', (g) => g.program?.size ?? 0, 'min');
  gauge('causeway_config_quarantined', 'Resources that could not be compiled.', (g) => g.program?.quarantine.length ?? 0, 'max');
  gauge('causeway_running_requests', 'Requests of clients that are not done.', (g) => g.running);
  gauge('causeway_nested_calls', 'Internal calls running in this process.', (g) => g.nestedCalls);
  gauge('causeway_cache_entries', 'Answers that are kept.', (g) => g.answers.size);
  gauge('causeway_cache_bytes', 'Bytes that kept answers take.', (g) => g.answers.bytes);
  gauge('causeway_circuit_breakers_open', 'Circuit breakers that let no call pass.', (g) => g.breakers.in('open'));
  gauge('causeway_circuit_breakers_half_open', 'Circuit breakers that try their backend.', (g) => g.breakers.in('half-open'));
  gauge('causeway_buffered_bytes', 'Bytes of request bodies held in memory.', (g) => g.buffers.bytes);
}

/** How far the node follows its instance; of several workers the worst. */
function exportSync(registry: Registry, status: () => SyncStatus): void {
  const gauge = (name: string, help: string, read: (status: SyncStatus) => number) =>
    exportGauge(registry, name, help, () => read(status()), 'max');
  gauge(
    'causeway_config_age_seconds',
    'Since a source last confirmed that what runs is the newest.',
    ({ unconfirmedMs }) => unconfirmedMs / 1000,
  );
  gauge('causeway_config_lag_revisions', 'Revisions that were seen, signed, and do not run here.', ({ lag }) => lag);
  gauge(
    'causeway_config_apply_seconds',
    'Last swap: fetching, checking and compiling what changed.',
    ({ counters }) => counters.applyMs / 1000,
  );
  new Gauge({
    name: 'causeway_config_source',
    help: 'Where the running snapshot came from: 1 for that source.',
    labelNames: ['source'],
    aggregator: 'max',
    registers: [registry],
    collect() {
      const { source } = status();
      for (const each of SOURCES) this.set({ source: each }, Number(each === source));
    },
  });
  exportOutcomes(
    registry,
    'causeway_config_snapshots_total',
    'Snapshots that were swapped in (applied), and documents and snapshots that were not what they should be (refused).',
    () => ({ applied: status().counters.applied, refused: status().counters.refused }),
  );
}

function exportGauge(registry: Registry, name: string, help: string, read: () => number, aggregator: Aggregator): void {
  new Gauge({
    name,
    help,
    aggregator,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

const SOURCES: readonly SourceName[] = ['redis', 'http', 'disk'];

function exportOutcomes(registry: Registry, name: string, help: string, outcomes: () => object): void {
  new Counter({
    name,
    help,
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(outcomes())) this.inc({ outcome }, count);
    },
  });
}
