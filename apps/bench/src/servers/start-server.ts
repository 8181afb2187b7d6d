/** Starts the server that a contender names. */
import type { Bed, Server } from '../bed.js';
import type { ServerName } from '../contenders.js';
import { startDataPlane } from './data-plane.js';
import { startHttpProxy } from './http-proxy.js';
import { startNginxGateway } from './nginx-gateway.js';

export function startServer(name: ServerName, bed: Bed, nodeArgs: readonly string[] = []): Promise<Server> {
  switch (name) {
    case 'nginx':
      return startNginxGateway(bed, false);
    case 'nginx-logs':
      return startNginxGateway(bed, true);
    case 'http-proxy':
      return startHttpProxy(bed);
    case 'causeway':
      return startDataPlane(bed, { name, accessLog: false, internalCalls: 'inprocess', nodeArgs });
    case 'causeway-wire':
      return startDataPlane(bed, { name, accessLog: false, internalCalls: 'wire', nodeArgs });
    case 'causeway-logs':
      return startDataPlane(bed, { name, accessLog: true, internalCalls: 'inprocess', nodeArgs });
    case 'causeway-wire-logs':
      return startDataPlane(bed, { name, accessLog: true, internalCalls: 'wire', nodeArgs });
  }
}
