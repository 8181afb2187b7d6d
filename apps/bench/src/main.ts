/** `npm run bench`: Causeway and its peers side by side in one run. */
import type { Finding } from './measurements/list.js';
import { readOptions } from './options.js';
import { needsStack, obstacles, onBed } from './prepare.js';
import { report } from './report.js';
import type { Results } from './results.js';
import { writeResults } from './results-file.js';
import { runSections } from './run-sections.js';
import { hasRedis } from './servers/redis.js';

/** With fewer, one bad moment of the machine decides the median. */
const MINIMAL_ROUNDS = 5;

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  return 1;
});

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') return refuse(options);
  const missing = obstacles();
  if (missing.length > 0) return refuse(missing.join('\n'));
  const [contenders, skipped] = partition(options.contenders, ({ server }) => server !== 'causeway-redis' || hasRedis());

  const progress = (line: string) => process.stderr.write(`${line}\n`);
  return onBed(progress, async (bed) => {
    const { outcomes, loading } = await runSections(contenders, bed, options, progress);
    const findings: Finding[] = [];
    for (const { section, measure } of options.measurements) {
      progress(`measuring: ${section}`);
      findings.push(await measure(bed, options.quick, progress));
    }
    const results: Results = {
      outcomes,
      skipped: skipped.map(({ name }) => ({ name, because: 'no REDIS_URL, and no redis-server on the PATH' })),
      findings,
      loading,
      resources: needsStack(contenders) ? (await bed.stack()).resources : null,
    };
    process.stdout.write(`\n${report(results)}\n`);
    if (options.rounds < MINIMAL_ROUNDS) process.stdout.write(`Fewer than ${MINIMAL_ROUNDS} rounds: a look, not a result.\n`);
    process.stdout.write(`Written to ${writeResults(options, bed.cores, results)}\n`);
    return outcomes.some(({ runs }) => runs.some((run) => run.voidBecause !== null)) ? 1 : 0;
  });
}

function partition<T>(all: readonly T[], fits: (one: T) => boolean): [T[], T[]] {
  return [all.filter(fits), all.filter((one) => !fits(one))];
}

function refuse(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}
