/** The `http-proxy` contender: what a Node user would write, with connections kept to the origin as the others keep them. */
import { Agent, createServer } from 'node:http';
import { createProxyServer } from 'http-proxy';

const [port, originPort] = process.argv.slice(2).map(Number);

const proxy = createProxyServer({
  target: `http://127.0.0.1:${originPort}`,
  agent: new Agent({ keepAlive: true, maxSockets: 256 }),
});
proxy.on('error', (_error, _request, response) => {
  if ('writeHead' in response && !response.headersSent) response.writeHead(502);
  response.end();
});

const server = createServer((request, response) => proxy.web(request, response));
server.keepAliveTimeout = 600_000;
server.listen(port, '127.0.0.1');
