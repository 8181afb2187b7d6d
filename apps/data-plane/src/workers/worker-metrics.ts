/** Puts together what workers count: sums of what is counted, and of states what each metric says of itself. */
import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';
import type { MetricValues } from '../metrics.js';
import type { FromWorker } from './messages.js';
import { type Supervisor, tell, type Worker } from './supervisor.js';

/** A worker that does not answer is left out after this, ms. */
const ANSWER_MS = 1000;

export class WorkerMetrics {
  private readonly own = new Registry();
  /** What each worker was last heard to have counted. */
  private readonly known = new Map<Worker, MetricValues>();
  /** What those counted that are gone: a sum that fell would look to a scraper as if all of it had been counted anew. */
  private ofGone: MetricValues = [];
  private questions = 0;
  private readonly open = new Map<number, (hasAnswered: boolean) => void>();

  constructor(private readonly supervisor: Pick<Supervisor, 'inState' | 'restarts'>) {
    new Gauge({
      name: 'causeway_workers',
      help: 'Workers that take connections.',
      registers: [this.own],
      collect() {
        this.set(supervisor.inState('serving').length);
      },
    });
    new Counter({
      name: 'causeway_worker_restarts_total',
      help: 'Workers that ended without being told to, and were replaced.',
      registers: [this.own],
      collect() {
        this.reset();
        this.inc(supervisor.restarts);
      },
    });
  }

  async text(): Promise<string> {
    // One that has not served yet has counted nothing, and its state is nobody's.
    const workers = this.supervisor.inState('serving', 'leaving');
    const own = await this.own.getMetricsAsJSON();
    const answers = await Promise.all(workers.map((worker) => this.ask(worker)));
    const parts = Array.from(this.known, ([worker, metrics]) => (answers[workers.indexOf(worker)] ? metrics : counted(metrics)));
    return AggregatorRegistry.aggregate([own, ...parts, this.ofGone]).metrics();
  }

  hear(worker: Worker, message: FromWorker): void {
    if (message.tell !== 'metrics') return;
    this.known.set(worker, message.metrics);
    if (message.asked !== null) this.open.get(message.asked)?.(true);
  }

  forget(worker: Worker): void {
    const last = counted(this.known.get(worker) ?? []);
    this.known.delete(worker);
    this.ofGone = AggregatorRegistry.aggregate([this.ofGone, last]).getMetricsAsArray() as MetricValues;
  }

  /** Whether it answered; what, is known. */
  private ask(worker: Worker): Promise<boolean> {
    const asked = ++this.questions;
    return new Promise((resolve) => {
      const answer = (hasAnswered: boolean) => {
        clearTimeout(timer);
        this.open.delete(asked);
        resolve(hasAnswered);
      };
      const timer = setTimeout(() => answer(false), ANSWER_MS);
      this.open.set(asked, answer);
      tell(worker, { tell: 'measure', asked });
    });
  }
}

/** What only grows; a state has gone with its worker. */
function counted(metrics: MetricValues): MetricValues {
  return metrics.filter(({ type }) => String(type) !== 'gauge');
}
