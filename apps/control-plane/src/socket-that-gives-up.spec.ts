import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { socketThatGivesUp } from './socket-that-gives-up.js';

const SILENCE_MS = 200;

it('breaks with ETIMEDOUT when the other side says nothing any more', async () => {
  const server = createServer((peer) => {
    let left = 20;
    const talking = setInterval(() => (left-- > 0 ? peer.write('.') : clearInterval(talking)), SILENCE_MS / 10);
    peer.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = socketThatGivesUp(SILENCE_MS);
  let heard = 0;
  socket.on('data', (chunk) => {
    heard += chunk.length;
  });
  socket.connect((server.address() as AddressInfo).port, '127.0.0.1');
  expect(await once(socket, 'error').catch((error: unknown) => [error])).toMatchObject([{ code: 'ETIMEDOUT' }]);
  expect(heard).toBe(20);
  server.close();
});
