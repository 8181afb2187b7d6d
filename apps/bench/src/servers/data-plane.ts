/** Starts a data plane of its own for the measurement, metrics on as always. */
import { join } from 'node:path';
import type { Bed, Server } from '../bed.js';
import { DATA_PLANE } from '../causeway/stack.js';
import { freePort } from '../free-port.js';
import { type Program, start } from '../programs.js';

export interface DataPlaneOptions {
  name: string;
  /** Settings that say whose snapshots it runs, and any further ones. */
  environment: Readonly<Record<string, string>>;
  accessLog?: boolean;
  internalCalls?: 'inprocess' | 'wire';
  /** The contender's unless given. */
  core?: number;
  /** Options of node itself, such as `--cpu-prof`. */
  nodeArgs?: readonly string[];
  /** Resolves when the data plane on this port answers as it should. */
  untilRight: (port: number, hasEnded: () => boolean) => Promise<void>;
}

export async function startDataPlane(bed: Bed, options: DataPlaneOptions): Promise<Server> {
  const { name, environment, accessLog = false, internalCalls = 'inprocess', nodeArgs = [], untilRight } = options;
  const [port, internalPort, adminPort] = [await freePort(), await freePort(), await freePort()];
  const program: Program = start(process.execPath, ['--max-semi-space-size=32', ...nodeArgs, DATA_PLANE], {
    core: options.core ?? bed.cores.contender,
    env: {
      NODE_ENV: 'production',
      CAUSEWAY_NODE_ID: `bench-${name}`,
      CAUSEWAY_DATA_DIR: join(bed.workDir, name),
      CAUSEWAY_PUBLIC_HOST: '127.0.0.1',
      CAUSEWAY_PUBLIC_PORT: String(port),
      CAUSEWAY_INTERNAL_PORT: String(internalPort),
      CAUSEWAY_ADMIN_PORT: String(adminPort),
      CAUSEWAY_ACCESS_LOG: accessLog ? 'on' : 'off',
      CAUSEWAY_LOG_LEVEL: accessLog ? 'info' : 'error',
      CAUSEWAY_INTERNAL_CALLS: internalCalls,
      CAUSEWAY_BACKEND_ALLOW_LOOPBACK: 'true',
      ...environment,
    },
  });
  await untilRight(port, program.hasEnded).catch((error: Error) => {
    throw new Error(`${error.message}\n${program.complaints()}`);
  });
  return { pid: program.pid, port, hasEnded: program.hasEnded, stop: program.stop };
}
