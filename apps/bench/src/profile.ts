/** Where the time goes: `node apps/bench/dist/profile.js <causeway contender> [seconds]` loads one data plane under Node's profiler. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './causeway/stack.js';
import { CONTENDERS, isDataPlane } from './contenders.js';
import { obstacles, onBed } from './prepare.js';
import { run } from './run.js';
import { startServer } from './servers/start-server.js';

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  /** Microseconds from one sample to the next. */
  timeDeltas: number[];
}

/** Before what counts: to load the store and to compile the hot path is another question. */
const WARM_UP_SECONDS = 10;

const SHOWN = 40;

const [name, seconds = '10'] = process.argv.slice(2);
const contender = CONTENDERS.find((one) => one.name === name && isDataPlane(one.server));
const complaints = contender === undefined ? [`Usage: profile.js <${names()}> [seconds]`] : obstacles();
if (contender === undefined || complaints.length > 0) {
  process.stderr.write(`${complaints.join('\n')}\n`);
  process.exitCode = 2;
} else {
  mkdirSync(join(ROOT, 'bench-results'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'bench-results', 'profile-'));
  const progress = (line: string) => process.stderr.write(`${line}\n`);
  await onBed(progress, async (bed) => {
    const server = await startServer(contender.server, bed, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
    await run(contender, server, bed, WARM_UP_SECONDS);
    const { cpuPerRequestUs } = await run(contender, server, bed, Number(seconds));
    progress(`${cpuPerRequestUs.toFixed(1)} µs per request, profiler included`);
    await server.stop(); // the profile is written when the data plane ends by itself
  });
  for (const file of readdirSync(folder))
    process.stdout.write(`${join(folder, file)}\n${hottest(join(folder, file), Number(seconds))}\n`);
}

function names(): string {
  return CONTENDERS.flatMap((one) => (isDataPlane(one.server) ? [one.name] : [])).join(' | ');
}

/** The functions with the largest share of the samples of the last seconds, themselves only. */
function hottest(file: string, seconds: number): string {
  const { nodes, samples: all, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  let left = seconds * 1e6;
  const first = timeDeltas.findLastIndex((delta) => {
    left -= delta;
    return left < 0;
  });
  const samples = all.slice(first + 1);
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const counts = new Map<string, number>();
  for (const sample of samples) {
    const frame = frames.get(sample);
    const place = frame?.url ? ` ${frame.url.split('/').slice(-3).join('/')}:${frame.lineNumber + 1}` : '';
    const label = `${frame?.functionName || '(anonymous)'}${place}`;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const busy = samples.length - (counts.get('(idle)') ?? 0);
  counts.delete('(idle)');
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([label, count]) => `${((count / busy) * 100).toFixed(1).padStart(5)}%  ${label}`)
    .join('\n');
}
