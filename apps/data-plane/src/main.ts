/** Starts a data plane: binds its ports, follows its instance, stops gracefully. */
import { setImmediate as afterTraffic } from 'node:timers/promises';
import { compileProgram } from '@causeway/engine';
import pino from 'pino';
import { readConfig } from './config.js';
import { createDataPlane } from './data-plane.js';
import { openNonces } from './nonces/open-nonces.js';
import type { Apply } from './sync/options.js';
import { startSync } from './sync/sync.js';

const config = readConfig();
if ('problems' in config) {
  for (const problem of config.problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
const logger = pino({ level: config.logLevel, base: { service: 'data-plane', nodeId: config.nodeId } });
const clock = { now: Date.now, random: Math.random };
const nonces = openNonces(config, (reason) => {
  if (reason === null) logger.info('nonces: Redis answers again');
  else logger.warn({ reason }, 'nonces: Redis is away');
});
const plane = createDataPlane(config, logger, nonces);

/** Compiles beside the traffic; the assignment is the swap. Requests under way keep the program they began with. */
const apply: Apply = async (manifest, chunks, open) => {
  const deps = { open, proxyName: config.proxyName, services: plane.services, ...clock, pause: afterTraffic };
  plane.program = await compileProgram(manifest, chunks, deps, plane.program);
  return { problems: plane.program.quarantine };
};

try {
  await plane.start();
} catch (error) {
  logger.fatal((error as Error).message);
  process.exit(1);
}
const following = startSync({
  ...config,
  node: config.nodeId,
  apply,
  logger,
  clock,
}).then((sync) => {
  plane.follow(() => sync.status());
  return sync;
});

let stopping = false;
async function stop(signal: string): Promise<void> {
  // Asked twice: the second time means now.
  if (stopping) process.exit(1);
  stopping = true;
  logger.info({ signal }, 'stopping');
  await plane.stop();
  await (await following).stop();
  nonces.close();
  process.exit(0);
}
process.on('SIGTERM', (signal) => void stop(signal));
process.on('SIGINT', (signal) => void stop(signal));
