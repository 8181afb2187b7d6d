/** The admin port: probes and metrics, for operators only. */
import { createServer, type Server } from 'node:http';
import type { Gateway } from './gateway.js';
import type { Metrics } from './metrics.js';

export function createAdmin(gateway: Gateway, metrics: Metrics): Server {
  return createServer(async (req, res) => {
    const path = (req.url ?? '').split('?')[0];
    if (req.method !== 'GET' && req.method !== 'HEAD') return respond(405, 'method not allowed\n');
    if (path === '/livez') return respond(200, 'ok\n');
    if (path === '/readyz') {
      if (gateway.draining) return respond(503, 'stopping\n');
      return gateway.program === null ? respond(503, 'no snapshot applied yet\n') : respond(200, 'ok\n');
    }
    if (path === '/metrics') {
      try {
        return respond(200, await metrics.text(), metrics.contentType);
      } catch (error) {
        return respond(500, `${String(error)}\n`);
      }
    }
    return respond(404, 'not found: /livez, /readyz, /metrics\n');

    function respond(status: number, text: string, type = 'text/plain; charset=utf-8'): void {
      res.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
      res.end(req.method === 'HEAD' ? undefined : text);
    }
  });
}
