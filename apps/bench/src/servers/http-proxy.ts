/** Starts the `http-proxy` contender. */
import { join } from 'node:path';
import type { Bed, Server } from '../bed.js';
import { CONTENDERS } from '../contenders.js';
import { freePort } from '../free-port.js';
import { untilRight } from '../probe.js';
import { start } from '../programs.js';

const START_MS = 10_000;

export async function startHttpProxy({ cores, origin }: Bed): Promise<Server> {
  const port = await freePort();
  const script = join(import.meta.dirname, '..', 'peers', 'http-proxy.js');
  const { pid, hasEnded, stop } = start(process.execPath, [script, String(port), String(origin.port)], { core: cores.contender });
  for (const contender of CONTENDERS) {
    if (contender.server === 'http-proxy') await untilRight(contender, port, START_MS, hasEnded);
  }
  return { pid, port, hasEnded, stop };
}
