/** A Redis of a story's own, to be stopped, killed, emptied or left behind: needs `redis-server` on the PATH. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from '../../harness/free-port.js';
import { until } from '../../harness/until.js';

export const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0;

export interface OwnRedis {
  readonly url: string;
  readonly port: number;
  /** Sends a command and gives the beginning of the answer, as the protocol has it. */
  command(...words: string[]): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** Ends it at once; what it held is gone. */
  kill(): Promise<void>;
  /** Starts it, empty, on the same port. */
  start(): Promise<void>;
}

/** @param of the one that it copies until told `REPLICAOF NO ONE` */
export async function startOwnRedis(of?: OwnRedis): Promise<OwnRedis> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const redis: OwnRedis = {
    url: `redis://127.0.0.1:${port}`,
    port,
    command: (...words) => command(port, words),
    signal: (name) => void child?.kill(name),
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    async start() {
      child = spawn(
        'redis-server',
        [
          '--port',
          `${port}`,
          '--bind',
          '127.0.0.1',
          '--save',
          '',
          '--appendonly',
          'no',
          '--repl-diskless-sync-delay',
          '0',
          '--repl-diskless-load',
          'on-empty-db',
        ],
        { stdio: 'ignore' },
      );
      await until(
        () =>
          command(port, ['PING']).then(
            (answer) => answer.startsWith('+PONG'),
            () => false,
          ),
        `Redis answers on ${port}`,
      );
    },
  };
  await redis.start();
  if (of) {
    await redis.command('REPLICAOF', '127.0.0.1', `${of.port}`);
    await until(async () => (await redis.command('INFO', 'replication')).includes('master_link_status:up'), 'the replica is one');
  }
  return redis;
}

/** One connection per command: what a story asks must not depend on what it does to connections. */
function command(port: number, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', (answer: Buffer) => {
      resolve(answer.toString('utf8'));
      socket.destroy();
    });
    socket.once('close', () => reject(new Error('Redis closed the connection')));
    socket.write(
      words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).reduce((all, word) => all + word, `*${words.length}\r\n`),
    );
  });
}
