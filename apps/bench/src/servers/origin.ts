/** The nginx that every contender proxies to, on the core of the load. */
import type { Cores } from '../cores.js';
import { freePort } from '../free-port.js';
import { ask } from '../probe.js';
import { startNginx } from './nginx.js';

export interface Origin {
  port: number;
}

export async function startOrigin(cores: Cores, workDir: string): Promise<Origin> {
  const port = await freePort();
  await startNginx({
    name: 'origin',
    template: 'origin.conf',
    core: cores.load,
    port,
    workDir,
    values: { ORIGIN_PORT: String(port) },
  });
  return { port };
}

/** Requests that arrived so far, this question included. */
export async function requestsAtOrigin({ port }: Origin): Promise<number> {
  const { body } = await ask(port, '/count-of-requests', { host: 'origin' });
  const counts = /^\s*\d+ \d+ (\d+)\s*$/m.exec(body)?.[1];
  if (counts === undefined) throw new Error(`the origin does not count: ${body}`);
  return Number(counts);
}
