/** A data plane as a process runs it: with a log, and with the program of the instance that it follows. */
import { compileProgram } from '@causeway/engine';
import pino, { type Logger } from 'pino';
import type { Config } from './config.js';
import { createDataPlane, type DataPlane, type DataPlaneOptions } from './data-plane.js';
import { givingWay } from './give-way.js';
import { boundHeapGrowth } from './heap-growth.js';
import { openNonces } from './nonces/open-nonces.js';
import type { Apply, Sync } from './sync/options.js';
import { startSync } from './sync/sync.js';

/** Compiling beside traffic is done for so long in one go; before there is any, what asks for it is who checks whether the process lives. ms. */
const PIECES_MS = 1;
const FIRST_PIECES_MS = 10;

export interface Run {
  readonly plane: DataPlane;
  readonly logger: Logger;
  /** Binds the ports; a port that cannot be had ends the process. */
  listen(): Promise<void>;
  /** Follows the instance from now on. Resolves when a first program runs, or when none could be had yet. */
  follow(): Promise<Sync>;
  /** Lets running requests finish, and ends what was begun. */
  stop(): Promise<void>;
}

/** @param keepsCopy whether it writes the copy on disk from the start */
export function createRun(config: Config, options: DataPlaneOptions = {}, keepsCopy = true): Run {
  const logger = pino({ level: config.logLevel, base: { service: 'data-plane', nodeId: config.nodeId } });
  const clock = { now: Date.now, random: Math.random };
  const nonces = openNonces(config, (reason) => {
    if (reason === null) logger.info('nonces: Redis answers again');
    else logger.warn({ reason }, 'nonces: Redis is away');
  });
  const plane = createDataPlane(config, logger, nonces, options);

  /** Compiles beside the traffic; the assignment is the swap. Requests under way keep the program they began with. */
  const apply: Apply = async (manifest, chunks, open) => {
    const before = plane.program;
    const pause = givingWay(before === null ? FIRST_PIECES_MS : PIECES_MS);
    const deps = { open, proxyName: config.proxyName, services: plane.services, ...clock, pause };
    plane.program = await compileProgram(manifest, chunks, deps, before);
    if (before === null) boundHeapGrowth();
    return { size: plane.program.size, problems: plane.program.quarantine };
  };
  let following: Promise<Sync> | null = null;

  return {
    plane,
    logger,
    async listen() {
      try {
        await plane.start();
      } catch (error) {
        logger.fatal((error as Error).message);
        process.exit(1);
      }
    },
    follow() {
      following ??= startSync({ ...config, node: config.nodeId, keepsCopy, apply, logger, clock }).then((sync) => {
        plane.follow(() => sync.status());
        return sync;
      });
      return following;
    },
    async stop() {
      await plane.stop();
      await (await following)?.stop();
      nonces.close();
    },
  };
}
