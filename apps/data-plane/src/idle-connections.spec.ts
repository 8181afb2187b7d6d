import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, it, jest } from '@jest/globals';
import { closeIdleConnections, markBusy, markIdle } from './idle-connections.js';

const cleanUps: Array<() => void> = [];
afterEach(() => {
  jest.useRealTimers();
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** A server whose look at its connections is called by hand. */
async function listening() {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  const server = createServer();
  closeIdleConnections(server, 60_000);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => server.close());
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  cleanUps.push(() => client.destroy());
  return { client, socket: await accepted };
}

it('a connection without a request is closed after the idle time, and not before', async () => {
  const { client, socket } = await listening();
  jest.advanceTimersByTime(59_000);
  expect(socket.destroyed).toBe(false);
  const closed = new Promise((resolve) => client.once('close', resolve));
  jest.advanceTimersByTime(7000);
  expect(socket.destroyed).toBe(true);
  await closed;
});

it('a connection on which any of several pipelined requests runs stays open', async () => {
  const { socket } = await listening();
  markBusy(socket);
  markBusy(socket);
  jest.advanceTimersByTime(1000);
  markIdle(socket);
  jest.advanceTimersByTime(600_000);
  expect(socket.destroyed).toBe(false);
  markIdle(socket);
  jest.advanceTimersByTime(30_000);
  expect(socket.destroyed).toBe(false);
  jest.advanceTimersByTime(40_000);
  expect(socket.destroyed).toBe(true);
});
