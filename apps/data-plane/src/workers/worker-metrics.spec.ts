/** What several workers count, in one answer. */

import { beforeEach, expect, it } from '@jest/globals';
import { Counter, Gauge, Registry } from 'prom-client';
import type { MetricValues } from '../metrics.js';
import type { FromPrimary } from './messages.js';
import type { Worker } from './supervisor.js';
import { WorkerMetrics } from './worker-metrics.js';

let workers: Worker[];
let metrics: WorkerMetrics;

beforeEach(() => {
  workers = [];
  metrics = new WorkerMetrics({ inState: () => workers, restarts: 4 });
});

/** One that answers with what it has counted until it hangs. */
function startWorker(requests: number, revision: number) {
  const registry = new Registry();
  const counter = new Counter({ name: 'requests_total', help: 'x', labelNames: ['status'], registers: [registry] });
  new Gauge({ name: 'revision', help: 'x', aggregator: 'min', registers: [registry] }).set(revision);
  new Gauge({ name: 'running', help: 'x', registers: [registry] }).set(1);
  counter.inc({ status: 200 }, requests);
  const worker = {
    counter,
    hangs: false,
    process: {
      send(message: FromPrimary) {
        if (message.tell === 'measure' && !worker.hangs) void answer(message.asked);
      },
    },
  };
  const known = worker as unknown as Worker;
  const answer = async (asked: number | null) => {
    const values = JSON.parse(JSON.stringify(await registry.getMetricsAsJSON())) as MetricValues;
    metrics.hear(known, { tell: 'metrics', asked, metrics: values });
  };
  workers.push(known);
  return {
    count: (more: number) => counter.inc({ status: 200 }, more),
    hang: () => {
      worker.hangs = true;
    },
    lastWord: () => answer(null),
    end() {
      workers = workers.filter((each) => each !== known);
      metrics.forget(known);
    },
  };
}

const value = async (name: string) => {
  const line = (await metrics.text()).split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? null : Number(line.slice(name.length + 1));
};
const requests = () => value('requests_total{status="200"}');

it('sums counts, and puts states together as each says', async () => {
  startWorker(3, 8);
  startWorker(4, 7);
  expect([await requests(), await value('running'), await value('revision')]).toEqual([7, 2, 7]);
  expect([await value('causeway_workers'), await value('causeway_worker_restarts_total')]).toEqual([2, 4]);
});

it('never takes back what it has told of a worker that is gone, whether it could say a last word or not', async () => {
  const [orderly, killed] = [startWorker(3, 1), startWorker(4, 1)];
  expect(await requests()).toBe(7);
  orderly.count(10);
  await orderly.lastWord();
  orderly.end();
  killed.end();
  expect(await requests()).toBe(17);
  expect(await value('running')).toBeNull();
  startWorker(1, 2);
  expect([await requests(), await value('revision')]).toEqual([18, 2]);
});

it('counts a worker once that ends while the others are asked', async () => {
  const [quick, slow] = [startWorker(3, 1), startWorker(4, 1)];
  await requests();
  slow.hang();
  const asked = requests();
  await new Promise(setImmediate);
  quick.end();
  expect(await asked).toBe(7);
});

it('answers without one that hangs, with what that had counted before', async () => {
  startWorker(3, 8);
  const hanging = startWorker(4, 7);
  await requests();
  hanging.count(1);
  hanging.hang();
  expect([await requests(), await value('revision'), await value('running')]).toEqual([7, 8, 1]);
});
