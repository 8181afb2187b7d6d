import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type SampleBackend, startSampleBackend } from './sample-backend.js';

let backend: SampleBackend;
beforeEach(async () => {
  backend = await startSampleBackend();
});
afterEach(() => backend.close());

describe('a sample backend', () => {
  it('answers with the request as it stood on the wire, in order and spelling', async () => {
    const request =
      'POST /business1?b=2&a HTTP/1.1\r\nHost: x\r\nvia: one\r\nX-Ca-Request-Id: R\r\nVia: two\r\nContent-Length: 4\r\n\r\nbody';
    const answer = await exchange(`${request}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Type: text\/plain; charset=UTF-8\r\n/);
    expect(answer.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe(request);
  });

  it('keeps a mebibyte of a body and counts the rest', async () => {
    const response = await fetch(`http://127.0.0.1:${backend.port}/`, { method: 'PUT', body: Buffer.alloc(1024 * 1024 + 5, 97) });
    const text = await response.text();
    expect(text).toMatch(/a\r\n\[5 more bytes\]\r\n$/);
  });

  it('answers HEAD without a body', async () => {
    const response = await fetch(`http://127.0.0.1:${backend.port}/`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

function exchange(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(backend.port, '127.0.0.1', () => socket.write(request));
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (answer.endsWith('body')) socket.destroy();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
