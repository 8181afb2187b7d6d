/** Measures section by section, with no more servers running than the sections to come need. */
import type { Bed, Loading, Server } from './bed.js';
import type { Contender, ServerName } from './contenders.js';
import type { Options } from './options.js';
import { alternate, type Outcome } from './rounds.js';
import { startServer } from './servers/start-server.js';

export interface Measured {
  outcomes: Outcome[];
  /** By server: what stores cost before the first request. */
  loading: Record<string, Loading>;
}

export async function runSections(
  contenders: readonly Contender[],
  bed: Bed,
  options: Options,
  progress: (line: string) => void,
): Promise<Measured> {
  const measured: Measured = { outcomes: [], loading: {} };
  const servers = new Map<ServerName, Server>();
  let rest = contenders;
  while (rest[0] !== undefined) {
    const { section } = rest[0];
    const own = rest.filter((one) => one.section === section);
    rest = rest.filter((one) => one.section !== section);
    for (const { server } of own) {
      if (servers.has(server)) continue;
      progress(`starting ${server}`);
      const started = await startServer(server, bed);
      servers.set(server, started);
      if (started.loading !== undefined) measured.loading[server] = started.loading;
    }
    measured.outcomes.push(...(await alternate(servers, bed, own, options, progress)));
    for (const [name, server] of servers) {
      if (rest.some((one) => one.server === name)) continue;
      await server.stop();
      servers.delete(name);
    }
  }
  return measured;
}
