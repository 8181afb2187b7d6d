/** `npm run fuzz -- --requests N --seed S`: fuzzes a data plane in its own process, and fails on any broken promise or leak. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HOST, INTERNAL_HOST } from '../testing/snapshot.js';
import { disagreements, fuzz } from './fuzz.js';
import type { Ask, Memory, Started, Stopped } from './plane-process.js';
import { startRecordingBackend } from './recording-backend.js';

/** RSS may grow by this between a quarter of the run and its end: allocators keep some of what was free. */
const MOST_GROWTH_BYTES = 48 * 1_048_576;

const { values } = parseArgs({ options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string' } } });
const requests = Number(values.requests);
const seed = Number(values.seed ?? Date.now() % 1_000_000_007);
if (!(Number.isSafeInteger(requests) && requests > 0 && Number.isSafeInteger(seed)))
  throw new Error('--requests and --seed take whole numbers');

const backend = await startRecordingBackend();
const child = fork(fileURLToPath(new URL('./plane-process.js', import.meta.url)), [backend.address], {
  execArgv: ['--expose-gc', '--max-semi-space-size=32'],
});
const startedMs = performance.now();
const started = await reply<Started>(child);
console.log(`seed ${seed}, ${requests} requests`);
let warm: Memory | null = null;
let end: Memory | null = null;
let shown = 0;
const outcome = await fuzz(
  {
    ports: [
      { port: started.publicPort, host: HOST },
      { port: started.internalPort, host: INTERNAL_HOST },
    ],
    async progress(sent) {
      if (sent - shown >= requests / 10) {
        shown = sent;
        console.log(`${sent} sent`);
      }
      if (warm === null && sent >= requests / 4) warm = await ask<Memory>('memory');
    },
  },
  requests,
  seed,
);
end = await ask<Memory>('memory');
const { failures, log } = await ask<Stopped>('stop');
await backend.close();
const found = [...outcome.problems, ...failures, ...disagreements(outcome, backend, log)];
const grown = warm === null ? 0 : end.rssBytes - (warm as Memory).rssBytes;
if (grown > MOST_GROWTH_BYTES) found.push(`RSS grew by ${mib(grown)}`);
const byStatus = new Map<number, number>();
for (const { statusCode } of log) byStatus.set(statusCode, (byStatus.get(statusCode) ?? 0) + 1);
console.log(
  `${outcome.sent} requests on ${outcome.connections} connections in ${Math.round((performance.now() - startedMs) / 1000)} s`,
);
console.log(
  `answers by status: ${[...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ')}`,
);
console.log(
  `RSS after a quarter ${mib((warm as Memory | null)?.rssBytes ?? 0)}, at the end ${mib(end.rssBytes)}; heap ${mib(end.heapBytes)}`,
);
for (const each of found.slice(0, 20)) console.error(each.slice(0, 2000));
console.log(found.length === 0 ? 'no crash, no hang, no disagreement, no leak' : `${found.length} problems`);
process.exitCode = found.length === 0 ? 0 : 1;

function ask<T>(what: Ask): Promise<T> {
  child.send(what);
  return reply<T>(child);
}

/** The child's next message; a child that ends first has crashed. */
function reply<T>(from: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`the data plane ended with ${code}`));
    from.once('exit', onExit);
    from.once('message', (message) => {
      from.off('exit', onExit);
      resolve(message as T);
    });
  });
}

function mib(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
