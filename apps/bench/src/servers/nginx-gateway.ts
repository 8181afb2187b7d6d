/** The nginx + Lua stand-in, with its log off or one JSON line per hop to /dev/null. */
import type { Bed, Server } from '../bed.js';
import { freePort } from '../free-port.js';
import { startNginx } from './nginx.js';

export async function startNginxGateway({ cores, origin, workDir }: Bed, accessLog: boolean): Promise<Server> {
  const port = await freePort();
  const { pid, hasEnded, stop } = await startNginx({
    name: accessLog ? 'nginx-gateway-logs' : 'nginx-gateway',
    template: 'nginx-gateway.conf',
    core: cores.contender,
    port,
    workDir,
    values: {
      ORIGIN_PORT: String(origin.port),
      GATEWAY_PORT: String(port),
      ACCESS_LOG: accessLog ? '/dev/null hop buffer=64k' : 'off',
    },
    files: ['gateway.lua'],
  });
  return { pid, port, hasEnded, stop };
}
