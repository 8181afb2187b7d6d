/** `npm run bench`: Causeway and its peers side by side in one run. */
import type { Server } from './bed.js';
import type { ServerName } from './contenders.js';
import { readOptions } from './options.js';
import { needsCauseway, obstacles, onBed } from './prepare.js';
import { report } from './report.js';
import { writeResults } from './results-file.js';
import { alternate } from './rounds.js';
import { startServer } from './servers/start-server.js';

/** With fewer, one bad moment of the machine decides the median. */
const MINIMAL_ROUNDS = 5;

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  return 1;
});

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') return refuse(options);
  const missing = obstacles(options.contenders);
  if (missing.length > 0) return refuse(missing.join('\n'));

  const progress = (line: string) => process.stderr.write(`${line}\n`);
  return onBed(progress, async (bed) => {
    const servers = new Map<ServerName, Server>();
    for (const { server } of options.contenders) {
      if (!servers.has(server)) servers.set(server, await startServer(server, bed));
    }
    const outcomes = await alternate(servers, bed, options, progress);
    const resources = needsCauseway(options.contenders) ? (await bed.stack()).resources : null;
    process.stdout.write(`\n${report(outcomes, resources)}\n`);
    if (options.rounds < MINIMAL_ROUNDS) process.stdout.write(`Fewer than ${MINIMAL_ROUNDS} rounds: a look, not a result.\n`);
    process.stdout.write(`Written to ${writeResults(options, bed.cores, outcomes, resources)}\n`);
    return outcomes.some(({ runs }) => runs.some((run) => run.voidBecause !== null)) ? 1 : 0;
  });
}

function refuse(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}
