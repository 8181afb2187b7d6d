/** What a client gets when its backend is slow, gone, wrong, or not allowed. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, type Behaviour, ok, startBackend } from './testing/backend.js';
import { ask, dial, get, post } from './testing/client.js';
import type { ApiInput } from './testing/snapshot.js';
import { freePort, type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

describe('a backend that fails', () => {
  let plane: Plane;
  const opened: Backend[] = [];

  beforeEach(async () => {
    plane = await startPlane({ program: null });
  });

  afterEach(async () => {
    await plane.untilMetric('causeway_running_requests', 0);
    expect(plane.failures).toEqual([]);
    await plane.stop();
    for (const each of opened.splice(0)) await each.close();
  });

  async function backendThat(behave: Behaviour, backend: Partial<ApiInput['backend'] & object> = {}): Promise<Backend> {
    const started = await startBackend(behave);
    opened.push(started);
    await plane.apply({
      apis: [{ backend: { type: 'HTTP', address: started.address, path: '/*', ...backend } as ApiInput['backend'] }],
    });
    return started;
  }

  async function at(address: string): Promise<string | undefined> {
    await plane.apply({ apis: [{ backend: { type: 'HTTP', address, path: '/*' } }] });
    return headerOf((await ask(plane.publicPort, get('/a'))).lines, 'X-Ca-Error-Code');
  }

  it('that nobody listens on is D504CO', async () => {
    expect(await at(`http://127.0.0.1:${await freePort()}`)).toBe('D504CO');
  });

  it('whose name does not resolve is D504RE', async () => {
    expect(await at('http://no-such-name.invalid')).toBe('D504RE');
  });

  it('that does not speak TLS is D504CS', async () => {
    const plain = await backendThat(async (wire) => {
      await wire.bytes(1);
      wire.send('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    expect(await at(`https://127.0.0.1:${plain.port}`)).toBe('D504CS');
  });

  it('that closes before it answers is D504CO, asked once', async () => {
    const backend = await backendThat(async (wire, self) => {
      self.requests.push(await wire.message());
      wire.socket.end();
    });
    const answer = await ask(plane.publicPort, get('/a'));
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('D504CO');
    expect(answer.start).toBe('HTTP/1.1 504 Gateway Timeout');
    expect(headerOf(answer.lines, 'Content-Length')).toBe('0');
    expect(backend.requests.length).toBe(1);
  });

  it('that closes in the middle of its header section is D504CO, asked once', async () => {
    const backend = await backendThat(async (wire, self) => {
      self.requests.push(await wire.message());
      wire.send('HTTP/1.1 200 OK\r\nConte');
      wire.socket.end();
    });
    const answer = await ask(plane.publicPort, get('/a'));
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toMatch(/^D50[24]/);
    expect(backend.requests.length).toBe(1);
  });

  it('that closes in the middle of its body cuts the connection', async () => {
    await backendThat(async (wire) => {
      await wire.message();
      wire.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
      await released();
      wire.socket.end();
    });
    const client = await dial(plane.publicPort);
    client.send(get('/a'));
    const head = await client.through('\r\n\r\nabc');
    expect(head).toMatch(/Content-Length: 10/);
    release();
    expect(await client.rest()).toBe('');
    client.socket.destroy();
  });

  it('that closes in the middle of its chunks cuts the connection without the last chunk', async () => {
    await backendThat(async (wire) => {
      await wire.message();
      wire.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
      await released();
      wire.socket.end();
    });
    const client = await dial(plane.publicPort);
    client.send(get('/a'));
    await client.through('abc\r\n');
    release();
    expect(await client.rest()).toBe('');
    client.socket.destroy();
  });

  it('that is silent is D504TO, and the connection to it ends', async () => {
    const backend = await backendThat(
      async (wire) => {
        await wire.message();
        await wire.end();
      },
      { timeoutMs: 1 },
    );
    const startedMs = performance.now();
    const answer = await ask(plane.publicPort, get('/a'));
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('D504TO');
    expect(performance.now() - startedMs).toBeGreaterThan(290);
    await backend.connections[0]!.end();
  });

  it('that stops in the middle of its body cuts the connection when its time is over', async () => {
    await backendThat(
      async (wire) => {
        await wire.message();
        wire.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
        await wire.end();
      },
      { timeoutMs: 300 },
    );
    const client = await dial(plane.publicPort);
    client.send(get('/a'));
    await client.through('abc');
    expect(await client.rest()).toBe('');
    client.socket.destroy();
  });

  it.each([
    ['garbage', 'hello\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a control character in a value', 'HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 0\r\n\r\n'],
    ['DEL in a value', 'HTTP/1.1 200 OK\r\nX-A: a\x7fb\r\nContent-Length: 0\r\n\r\n'],
    ['a blank in a name', 'HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 0\r\n\r\n'],
    ['a length beside chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
    ['no length that is a number', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabcd'],
    ['a header section over 64 KiB', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`],
    ['a status of no meaning', 'HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n'],
    ['100 Continue nobody asked for', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['a protocol switch nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
  ])('that answers %s is D502BR, and the next answer is its own', async (_, text) => {
    let broken = true;
    await backendThat(async (wire) => {
      await wire.message();
      wire.send(broken ? text : ok('fine'));
      wire.socket.end();
    });
    expect(headerOf((await ask(plane.publicPort, get('/a'))).lines, 'X-Ca-Error-Code')).toBe('D502BR');
    broken = false;
    expect((await ask(plane.publicPort, get('/a'))).body).toBe('fine');
  });

  it('whose 1xx answers come before the real one is waited for', async () => {
    await backendThat(answering(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok('fine')}`));
    expect((await ask(plane.publicPort, get('/a'))).body).toBe('fine');
  });

  describe('and closes a kept connection just when it is used again', () => {
    async function lastRequestOf(text: string, method: string) {
      // The first connection answers once and closes when the next request is there; others answer always.
      const backend = await backendThat(async (wire, self, connection) => {
        for (let served = 0; ; served++) {
          const request = await wire.message();
          self.requests.push(request);
          if (connection === 0 && served === 1) return wire.socket.destroy();
          wire.send(ok(`served ${connection}`));
        }
      });
      const client = await dial(plane.publicPort);
      client.send(get('/first'));
      expect((await client.message()).body).toBe('served 0');
      client.send(text);
      const answer = await client.message();
      client.socket.destroy();
      const sent = backend.requests.slice(1);
      expect(sent.every(({ start }) => start.startsWith(method))).toBe(true);
      return { answer, sent };
    }

    it('is asked once more on a new connection by an idempotent method', async () => {
      const { answer, sent } = await lastRequestOf(get('/a'), 'GET');
      expect(answer.body).toBe('served 1');
      expect(sent.length).toBe(2);
      expect(sent[0]!.text).toBe(sent[1]!.text);
    });

    it('is not asked again by POST', async () => {
      const { answer, sent } = await lastRequestOf(post('/a', 'x'), 'POST');
      expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('D504CO');
      expect(sent.length).toBe(1);
    });

    it('is not asked again when the body was streamed', async () => {
      const { answer, sent } = await lastRequestOf(post('/a', 'x').replace('POST', 'PUT'), 'PUT');
      expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('D504CO');
      expect(sent.length).toBe(1);
    });
  });

  it('is not asked again on a kept connection once a byte of its answer came', async () => {
    const backend = await backendThat(async (wire, self) => {
      self.requests.push(await wire.message());
      wire.send(ok('first'));
      self.requests.push(await wire.message());
      wire.send('H');
      wire.socket.end();
    });
    const client = await dial(plane.publicPort);
    client.send(get('/a'));
    expect((await client.message()).body).toBe('first');
    client.send(get('/b'));
    expect(headerOf((await client.message()).lines, 'X-Ca-Error-Code')).toMatch(/^D50[24]/);
    client.socket.destroy();
    expect(backend.requests.length).toBe(2);
  });

  let release: () => void = () => {};
  function released(): Promise<void> {
    return new Promise((resolve) => {
      release = resolve;
    });
  }
});
