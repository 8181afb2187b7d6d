/** Preloaded into every child: when the launcher is gone, killed or not, the child ends too. */
import cluster from 'node:cluster';

/** A graceful stop that hangs must not keep ports and database of a dead launcher. */
const LAST_RESORT_MS = 10_000;

if (process.channel && !cluster.isWorker) {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // The channel alone is no reason to stay alive.
  process.channel.unref();
}
