/** A WebSocket passes the gateway: handshake checked like any GET, then bytes both ways, through an internal call too. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Gateway, startGateway } from './harness/gateway.js';

const GROUP = 'cccccccccccccccccccccccccccccccc';
const HOST = `${GROUP}-local.apigw.localhost`;
let gateway: Gateway;
let port: number;
let backend: Server;
const handshakes: string[] = [];

beforeAll(async () => {
  backend = await startUpgradingBackend();
  const address = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  gateway = await startGateway();
  const { management } = gateway;
  port = (await gateway.startDataPlane()).publicPort;
  await management.call(`PATCH /instances/${await management.instanceId('default')}`, { callsFromGateway: true });
  await management.call('POST /groups', { id: GROUP, name: 'sockets' });
  await management.call(`POST /groups/${GROUP}/internal-domain`);
  const direct = { type: 'HTTP', address, path: '/socket', method: 'GET' };
  const internal = { type: 'HTTP', address: `http://${GROUP}-local-intranet.apigw.localhost`, path: '/direct', method: 'GET' };
  await management.publish(GROUP, api('direct', ['HTTP', 'WS'], direct));
  await management.publish(GROUP, api('through', ['HTTP', 'WS'], internal));
  await management.publish(GROUP, api('closed', ['HTTP'], direct));
}, 90_000);
afterAll(async () => {
  await gateway?.stop();
  backend.close();
}, 60_000);

it.each(['/direct', '/through'])('echoes over %s', async (path) => {
  const socket = await upgrade(path);
  expect(socket.head).toMatch(/^HTTP\/1\.1 101 /);
  expect(handshakes.at(-1)).toMatch(/^GET \/socket HTTP\/1\.1\r\n/);
  expect(handshakes.at(-1)).toMatch(/^sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r$/im);
  socket.write('\x81\x05hello');
  expect(await socket.next()).toBe('\x81\x05hello');
  socket.destroy();
});

it('is refused where the API does not speak it', async () => {
  const socket = await upgrade('/closed');
  expect(socket.head).toMatch(/^HTTP\/1\.1 403 /);
  expect(socket.head).toMatch(/^x-ca-error-code: I403PT\r$/im);
  socket.destroy();
});

function api(name: string, protocols: string[], target: object): Record<string, unknown> {
  const request = { protocols, method: 'GET', path: `/${name}`, mode: 'PASSTHROUGH' };
  return { name, auth: 'ANONYMOUS', request, backend: target };
}

/** Accepts every upgrade and sends back what it gets. */
function startUpgradingBackend(): Promise<Server> {
  const server = createServer((socket) => {
    socket.once('data', (head) => {
      handshakes.push(head.toString('latin1'));
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.pipe(socket);
    });
    socket.on('error', () => socket.destroy());
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

interface Client {
  readonly head: string;
  write(bytes: string): void;
  next(): Promise<string>;
  destroy(): void;
}

async function upgrade(path: string): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const head = await nextData(socket);
  return {
    head,
    write: (bytes) => void socket.write(bytes, 'latin1'),
    next: () => nextData(socket),
    destroy: () => socket.destroy(),
  };
}

function nextData(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (data) => resolve(data.toString('latin1')));
    socket.once('close', () => reject(new Error('the connection was closed')));
  });
}
