/** Starts a data plane: binds its ports, follows its instance, stops gracefully. */
import cluster from 'node:cluster';
import { readConfig } from './config.js';

const config = readConfig();
if ('problems' in config) {
  for (const problem of config.problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}

// A primary serves no traffic, and is small for loading nothing of what does.
if (config.workers > 1 && cluster.isPrimary) {
  const { runPrimary } = await import('./workers/primary.js');
  await runPrimary(config);
} else if (config.workers > 1) {
  const { runWorker } = await import('./workers/worker.js');
  await runWorker(config);
} else {
  const { createRun } = await import('./run.js');
  const run = createRun(config);
  await run.listen();
  void run.follow();

  let stopping = false;
  const stop = async (signal: string) => {
    // Asked twice: the second time means now.
    if (stopping) process.exit(1);
    stopping = true;
    run.logger.info({ signal }, 'stopping');
    await run.stop();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}
