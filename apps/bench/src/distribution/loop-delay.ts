/**
 * Preloaded into a data plane: on SIGUSR2 it appends the longest delay of the event loop since the last signal to the file of
 * `BENCH_LOOP_DELAYS`, in ms, and begins anew.
 */
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
process.on('SIGUSR2', () => {
  appendFileSync(process.env.BENCH_LOOP_DELAYS ?? '', `${delays.max / 1e6}\n`);
  delays.reset();
});
