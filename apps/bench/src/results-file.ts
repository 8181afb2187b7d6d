/** Keeps a benchmark as JSON. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT } from './causeway/stack.js';
import { ENVIRONMENT } from './config.js';
import type { Cores } from './cores.js';
import { CONNECTIONS } from './load.js';
import type { Options } from './options.js';
import { allVerdicts, type Results } from './results.js';

/** @returns the file's path from the repository's root: `bench-results/<time>.json` */
export function writeResults(options: Options, cores: Cores, results: Results): string {
  const time = new Date();
  const file = join(ROOT, 'bench-results', `${time.toISOString().replaceAll(':', '-')}.json`);
  mkdirSync(join(ROOT, 'bench-results'), { recursive: true });
  const { seconds, rounds, quick } = options;
  const document = {
    time: time.toISOString(),
    commit: output('git', ['rev-parse', 'HEAD']),
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, memoryBytes: totalmem(), kernel: release() },
    versions: { node: process.version, nginx: output('nginx', ['-v']), wrk: output('wrk', ['-v']) },
    method: { seconds, rounds, quick, connections: CONNECTIONS, cores },
    outcomes: results.outcomes.map(({ contender, medians, runs }) => ({ ...contender, medians, runs })),
    skipped: results.skipped,
    measurements: results.findings.map(({ section, figures }) => ({ section, ...figures })),
    loading: results.loading,
    resources: results.resources,
    verdicts: allVerdicts(results),
  };
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  return relative(process.cwd(), file);
}

/** The first line that a program prints, wherever it prints it and whatever it exits with: wrk -v exits with 1. */
function output(command: string, args: readonly string[]): string {
  const shell = ['-c', '"$0" "$@" 2>&1 | head -n 1', command, ...args];
  return execFileSync('sh', shell, { cwd: ROOT, env: ENVIRONMENT, encoding: 'utf8' }).trim();
}
