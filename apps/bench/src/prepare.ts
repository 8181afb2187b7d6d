/** Checks that everything is there, makes the bed, and takes it away at the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bed } from './bed.js';
import { loadScenario } from './causeway/scenario.js';
import { missingBuilds, type Stack, startStack } from './causeway/stack.js';
import type { Contender } from './contenders.js';
import { chooseCores } from './cores.js';
import { stopAll } from './programs.js';
import { startOrigin } from './servers/origin.js';
import { startRedis } from './servers/redis.js';
import { INSTALL_COMMAND, missingTools } from './tools.js';

/** @returns what is missing and how to get it, one line each; empty when the benchmark can run */
export function obstacles(): string[] {
  const lines: string[] = [];
  const tools = missingTools();
  if (tools.length > 0) lines.push(`Missing: ${tools.join(', ')}. Install with: ${INSTALL_COMMAND}`);
  if (chooseCores() === null) lines.push('Two cores are needed: one for the contender, one for the load.');
  const builds = missingBuilds();
  if (builds.length > 0) lines.push(`Not built: ${builds.join(', ')}. Build with: npm run build`);
  return lines;
}

/** Whether one of them runs what a whole Causeway publishes. */
export function needsStack(contenders: readonly Contender[]): boolean {
  return contenders.some(({ server }) => server.startsWith('causeway'));
}

/** Runs `work` on a fresh bed; every started program and file is gone afterwards, also after Ctrl-C. */
export async function onBed<T>(progress: (line: string) => void, work: (bed: Bed) => Promise<T>): Promise<T> {
  const cores = chooseCores();
  if (cores === null) throw new Error('two cores are needed');
  const workDir = mkdtempSync(join(tmpdir(), 'causeway-bench-'));
  const clear = async () => {
    await stopAll();
    rmSync(workDir, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void clear().finally(() => process.exit(130)));
  }
  try {
    const origin = await startOrigin(cores, workDir);
    let stack: Promise<Stack> | undefined;
    const startOnce = async () => {
      progress('starting Causeway and loading the scenario');
      const started = await startStack(cores, workDir);
      await loadScenario(started.management, origin.port);
      return started;
    };
    let redis: Promise<string> | undefined;
    return await work({
      cores,
      origin,
      workDir,
      stack: () => {
        stack ??= startOnce();
        return stack;
      },
      redis: () => {
        redis ??= startRedis(cores, workDir);
        return redis;
      },
    });
  } finally {
    await clear();
  }
}
