/** Several workers of one data plane: starts them, and answers for all of them on the admin port. No traffic passes through it. */
import cluster from 'node:cluster';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import pino from 'pino';
import { createAdmin } from '../admin.js';
import type { Config } from '../config.js';
import { listen } from '../listen.js';
import { ACCESS_LOG_FD, toArguments, type WorkerArguments } from './messages.js';
import { Supervisor } from './supervisor.js';
import { wholeLines } from './whole-lines.js';
import { WorkerMetrics } from './worker-metrics.js';

const STANDARD_OUTPUT = 1;

export async function runPrimary(config: Config): Promise<void> {
  const output = wholeLines(STANDARD_OUTPUT);
  const logger = pino({ level: config.logLevel, base: { service: 'data-plane', nodeId: config.nodeId } }, output);
  const supervisor = new Supervisor({
    count: config.workers,
    fork,
    logger,
    onMessage: (worker, message) => metrics.hear(worker, message),
    onGone: (worker) => metrics.forget(worker),
    async onCannotStart(worker) {
      // It has said why.
      await worker?.closed;
      await end(1);
    },
  });
  const metrics = new WorkerMetrics(supervisor);
  const admin = createAdmin({ notReady: () => supervisor.notReady(), metrics: () => metrics.text() });
  // Workers accept by themselves from one queue. Handed out in turn by the primary, as is the default, connections that were on
  // their way to a worker that got killed hung until their clients gave up: 25 of 7,000 in a trial, here none.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  try {
    await listen(admin, config.admin, 'CAUSEWAY_ADMIN_PORT');
  } catch (error) {
    logger.fatal((error as Error).message);
    await output.close();
    process.exit(1);
  }
  const { port } = admin.address() as AddressInfo;
  logger.info({ ports: { admin: admin.address() }, workers: config.workers }, 'listening');
  supervisor.start();

  let stopping = false;
  const stop = async (signal: string) => {
    // Asked twice: the second time means now.
    if (stopping) {
      supervisor.kill();
      process.exit(1);
    }
    stopping = true;
    logger.info({ signal }, 'stopping');
    await supervisor.stop();
    await end(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  process.on('SIGHUP', () => void supervisor.replaceAll());

  function fork(start: WorkerArguments) {
    cluster.setupPrimary({ args: toArguments(start), stdio: ['ignore', 'pipe', 'inherit', 'ipc', 'pipe'] });
    // No definition may name the admin port as a backend: with port 0 it is known only now.
    const worker = cluster.fork({ CAUSEWAY_ADMIN_PORT: String(port) });
    // Those of its process, for which the supervisor looks.
    worker.on('error', () => {});
    const { stdio } = worker.process;
    for (const fd of [STANDARD_OUTPUT, ACCESS_LOG_FD]) output.add(stdio[fd as 4] as Readable);
    return worker.process;
  }

  async function end(code: number): Promise<void> {
    supervisor.kill();
    await output.close();
    process.exit(code);
  }
}
