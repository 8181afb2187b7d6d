/** Starts a data plane of its own for the measurement: no Redis, nonces local, metrics on as always. */
import { join } from 'node:path';
import type { Bed, Server } from '../bed.js';
import { DATA_PLANE } from '../causeway/stack.js';
import { CONTENDERS, type ServerName } from '../contenders.js';
import { freePort } from '../free-port.js';
import { untilRight } from '../probe.js';
import { start } from '../programs.js';

export interface DataPlaneOptions {
  name: ServerName;
  accessLog: boolean;
  internalCalls: 'inprocess' | 'wire';
  /** Options of node itself, such as `--cpu-prof`. */
  nodeArgs?: readonly string[];
}

const START_MS = 30_000;

export async function startDataPlane(
  bed: Bed,
  { name, accessLog, internalCalls, nodeArgs = [] }: DataPlaneOptions,
): Promise<Server> {
  const { dataPlaneEnvironment } = await bed.stack();
  const [port, internalPort, adminPort] = [await freePort(), await freePort(), await freePort()];
  const program = start(process.execPath, ['--max-semi-space-size=32', ...nodeArgs, DATA_PLANE], {
    core: bed.cores.contender,
    env: {
      ...dataPlaneEnvironment,
      NODE_ENV: 'production',
      CAUSEWAY_INSTANCE: 'default',
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
    },
  });
  for (const contender of CONTENDERS) {
    if (contender.server !== name) continue;
    await untilRight(contender, port, START_MS, program.hasEnded).catch((error: Error) => {
      throw new Error(`${error.message}\n${program.complaints()}`);
    });
  }
  return { pid: program.pid, port, hasEnded: program.hasEnded, stop: program.stop };
}
