/** The admin port: probes and metrics, for operators only. */
import { createServer, type Server } from 'node:http';
import { Registry } from 'prom-client';

/** Whom it asks: the data plane of its process, or all workers of a primary. */
export interface AdminSource {
  /** Why no traffic should come; null when it may. */
  notReady(): string | null;
  /** Everything that is counted, in the Prometheus text format. */
  metrics(): Promise<string>;
}

export function createAdmin(source: AdminSource): Server {
  return createServer(async (req, res) => {
    const path = (req.url ?? '').split('?')[0];
    if (req.method !== 'GET' && req.method !== 'HEAD') return respond(405, 'method not allowed\n');
    if (path === '/livez') return respond(200, 'ok\n');
    if (path === '/readyz') {
      const reason = source.notReady();
      return reason === null ? respond(200, 'ok\n') : respond(503, `${reason}\n`);
    }
    if (path === '/metrics') {
      try {
        return respond(200, await source.metrics(), Registry.PROMETHEUS_CONTENT_TYPE);
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
