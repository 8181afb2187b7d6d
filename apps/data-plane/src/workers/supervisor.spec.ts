/** Workers that end, hang or do not get ready: processes that say what the test tells them to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../testing/until.js';
import type { FromPrimary, FromWorker, WorkerArguments } from './messages.js';
import { Supervisor, type SupervisorOptions, type Worker } from './supervisor.js';

/** Beats, repeats to the supervisor what it gets in `say`, and ends when it is told to. */
const PUPPET = `
  setInterval(() => process.send({ tell: 'beat' }, () => {}), 100);
  process.on('message', ({ say, tell }) => {
    if (say !== undefined) process.send(say);
    if (tell === 'stop' || tell === 'hand-over') process.exit(0);
  });
  process.on('disconnect', () => process.exit());
`;

let supervisor: Supervisor;
afterEach(() => supervisor.kill());

function supervise(count: number, options: Partial<SupervisorOptions> = {}) {
  const forked: Array<WorkerArguments & { readonly child: ChildProcess; readonly heard: Array<FromPrimary['tell']> }> = [];
  const logged: string[] = [];
  const log = (about: object | string, message?: string) => void logged.push(message ?? String(about));
  supervisor = new Supervisor({
    count,
    fork(start) {
      const child = spawn(process.execPath, ['-e', PUPPET], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      const heard: Array<FromPrimary['tell']> = [];
      const send = child.send.bind(child) as (message: { tell?: FromPrimary['tell'] }, ...rest: unknown[]) => boolean;
      child.send = (message: { tell?: FromPrimary['tell'] }, ...rest: unknown[]) => {
        if (message.tell !== undefined) heard.push(message.tell);
        return send(message, ...rest);
      };
      forked.push({ ...start, child, heard });
      return child;
    },
    logger: { info: log, error: log } as SupervisorOptions['logger'],
    onMessage: () => {},
    onGone: () => {},
    onCannotStart: () => {},
    ...options,
  });
  const say = (n: number, message: FromWorker) => forked[n]!.child.send({ say: message });
  return {
    forked,
    logged,
    say,
    /** Lets the nth that was started serve. */
    async serve(n: number) {
      await until(() => forked.length > n, `worker ${n} is started`);
      say(n, { tell: 'serving', isReady: true });
      await until(() => workerOf(forked[n]!.child)?.state === 'serving', `worker ${n} serves`);
    },
  };
}

function workerOf(child: ChildProcess): Worker | undefined {
  return [...supervisor.workers].find((worker) => worker.process === child);
}

const numbers = () => supervisor.inState('starting', 'serving').map(({ number }) => number);

describe('at the start', () => {
  it('it is ready when every worker is', async () => {
    const { forked, say, serve } = supervise(2);
    supervisor.start();
    expect(supervisor.notReady()).toBe('0 of 2 workers are ready');
    await serve(0);
    expect(supervisor.notReady()).toBe('1 of 2 workers are ready');
    say(1, { tell: 'serving', isReady: false });
    await until(() => workerOf(forked[1]!.child)?.state === 'serving', 'the second one serves');
    expect(supervisor.notReady()).toBe('1 of 2 workers are ready');
    say(1, { tell: 'ready', isReady: true });
    await until(() => supervisor.notReady() === null, 'it is ready');
    expect(forked.map(({ servesAtOnce }) => servesAtOnce)).toEqual([true, true]);
  });

  it('a worker that ends before it served is no case for another try', async () => {
    let isOver = false;
    const { forked } = supervise(1, { onCannotStart: () => (isOver = true) });
    supervisor.start();
    forked[0]!.child.kill('SIGKILL');
    await until(() => isOver, 'the start is given up');
    expect(forked).toHaveLength(1);
  });
});

describe('a worker that ends by itself', () => {
  it('is replaced under its number by one that gets connections once it is ready, and the others are still ready', async () => {
    const { forked, serve } = supervise(2);
    supervisor.start();
    await serve(0);
    await serve(1);
    forked[0]!.child.kill('SIGKILL');
    await until(() => forked.length === 3, 'another one is started');
    expect(forked[2]).toMatchObject({ number: 1, servesAtOnce: false });
    expect(supervisor.notReady()).toBeNull();
    expect(supervisor.restarts).toBe(1);
    forked[1]!.child.kill('SIGKILL');
    await until(() => supervisor.notReady() !== null, 'nobody serves');
    await serve(2);
    expect(supervisor.notReady()).toBeNull();
  });

  it('is replaced after a rest, each time a longer one, when that goes on', async () => {
    const { forked, serve } = supervise(1, { timing: { firstRestMs: 200 } });
    supervisor.start();
    await serve(0);
    const rests: number[] = [];
    for (let n = 0; n < 4; n++) {
      const child = forked[n]!.child;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      const fromMs = performance.now();
      await until(() => forked.length === n + 2, 'another one is started');
      rests.push(performance.now() - fromMs);
    }
    // A timer may fire a little early.
    expect(rests[1]).toBeGreaterThan(190);
    expect(rests[2]).toBeGreaterThan(390);
    expect(rests[3]).toBeGreaterThan(790);
  });

  it('is one that hangs, too: it is killed', async () => {
    const { forked, logged, serve } = supervise(2, { timing: { silentBeats: 3 } });
    supervisor.start();
    await serve(0);
    await serve(1);
    forked[1]!.child.kill('SIGSTOP');
    await until(() => forked.length === 3, 'another one is started');
    expect(logged).toContain('a worker hangs: it is killed');
    expect(forked[2]!.number).toBe(2);
    expect(workerOf(forked[0]!.child)?.state).toBe('serving');
  });
});

describe('replacing them all', () => {
  it('lets one go when another one serves in its place, and then the next', async () => {
    const { forked, serve } = supervise(2);
    supervisor.start();
    await serve(0);
    await serve(1);
    const over = supervisor.replaceAll();
    await until(() => forked.length === 3, 'the first new one is started');
    expect(forked[2]).toMatchObject({ number: 3, servesAtOnce: false });
    expect(forked[0]!.heard).not.toContain('hand-over');
    await serve(2);
    await until(() => forked.length === 4, 'the second new one is started');
    // Its number was free again only once the first old one had gone.
    expect(forked[3]!.number).toBe(1);
    expect(forked[0]!.heard).toContain('hand-over');
    expect(forked[1]!.heard).not.toContain('hand-over');
    await serve(3);
    await over;
    expect(numbers()).toEqual([1, 3]);
    expect(supervisor.restarts).toBe(0);
  });

  it('ends when a new one does not get ready: the old ones go on', async () => {
    const { forked, logged, serve } = supervise(2, { timing: { readyMs: 100 } });
    supervisor.start();
    await serve(0);
    await serve(1);
    await supervisor.replaceAll();
    expect(logged).toContain('a new worker does not get ready: those that are not replaced yet go on');
    await until(() => supervisor.workers.size === 2, 'the new one is gone');
    expect(numbers()).toEqual([1, 2]);
    expect(forked).toHaveLength(3);
    expect(supervisor.notReady()).toBeNull();
  });

  it('fills the gap when an old one ends on the way', async () => {
    const { forked, serve } = supervise(2);
    supervisor.start();
    await serve(0);
    await serve(1);
    const over = supervisor.replaceAll();
    await until(() => forked.length === 3, 'the first new one is started');
    forked[0]!.child.kill('SIGKILL');
    await serve(2);
    await serve(3);
    await over;
    expect(numbers()).toHaveLength(2);
    expect(forked).toHaveLength(4);
  });
});

it('one worker that serves writes the copy on disk, and another one when that goes', async () => {
  const { forked, serve } = supervise(2);
  const keepers = () => forked.map(({ heard }) => heard.filter((each) => each === 'keep-copy').length);
  supervisor.start();
  await serve(1);
  await serve(0);
  expect(keepers()).toEqual([0, 1]);
  forked[1]!.child.kill('SIGKILL');
  await until(() => keepers()[0] === 1, 'the other one keeps it');
});

it('a stop waits for every worker, and starts no other', async () => {
  const { forked, serve } = supervise(2);
  supervisor.start();
  await serve(0);
  await serve(1);
  await supervisor.stop();
  expect(forked.map(({ child }) => child.exitCode)).toEqual([0, 0]);
  expect(forked).toHaveLength(2);
  expect(supervisor.notReady()).toBe('stopping');
});
