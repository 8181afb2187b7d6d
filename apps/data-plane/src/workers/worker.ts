/** One of several workers: a data plane that serves, hands over and ends as its primary says. */
import type { Config } from '../config.js';
import { createRun } from '../run.js';
import { ACCESS_LOG_FD, BEAT_MS, type FromPrimary, type FromWorker, fromArguments, workerNodeId } from './messages.js';

export async function runWorker(config: Config): Promise<void> {
  const { number, servesAtOnce } = fromArguments(process.argv.slice(2));
  let isFollowing = false;
  let isServing = false;
  let isEnding = false;
  const run = createRun(
    { ...config, nodeId: workerNodeId(config.nodeId, number) },
    {
      logTo: ACCESS_LOG_FD,
      hasAdmin: false,
      onReady(isReady) {
        if (isServing) tell({ tell: 'ready', isReady });
        else void serveIfReady();
      },
    },
    false,
  );

  process.on('message', (message: FromPrimary) => {
    if (message.tell === 'measure') void measure(message.asked);
    else if (message.tell === 'keep-copy') void run.follow().then((sync) => sync.keepCopy());
    else void end(message.tell === 'hand-over');
  });
  // A terminal, or a service manager, sends its signals to the whole group: what follows from them the primary says.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
  setInterval(() => tell({ tell: 'beat' }), BEAT_MS).unref();
  if (servesAtOnce) await serve();
  await run.follow();
  isFollowing = true;
  await serveIfReady();

  /** Where others serve, no connection comes to a worker that would have to refuse what is asked on it. */
  async function serveIfReady(): Promise<void> {
    if (isFollowing && run.plane.isReady) await serve();
  }

  async function serve(): Promise<void> {
    if (isServing || isEnding) return;
    isServing = true;
    await run.listen();
    tell({ tell: 'serving', isReady: run.plane.isReady });
  }

  async function end(handsOver: boolean): Promise<void> {
    if (isEnding) return;
    isEnding = true;
    if (handsOver) await run.plane.handOver();
    await run.stop();
    await measure(null);
    process.exit(0);
  }

  async function measure(asked: number | null): Promise<void> {
    await tell({ tell: 'metrics', asked, metrics: await run.plane.metrics.values() });
  }
}

/** Resolves when it is on its way. A primary that is gone takes its workers along: there is nobody to tell then. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
