/** Keeps a number of workers running: starts them, replaces those that end, and all of them one after the other when asked to. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { coalesce } from '../sync/coalesce.js';
import { BEAT_MS, type FromPrimary, type FromWorker, type WorkerArguments } from './messages.js';

export interface SupervisorOptions {
  /** How many workers there are to be. */
  readonly count: number;
  readonly fork: (start: WorkerArguments) => ChildProcess;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** Whatever a worker says that is not about its being there. */
  readonly onMessage: (worker: Worker, message: FromWorker) => void;
  /** It has ended, and all that it said was heard. */
  readonly onGone: (worker: Worker) => void;
  /** A worker ended before all of them served for the first time: the settings, or the machine, will not have it. */
  readonly onCannotStart: (worker: Worker | null) => void;
  readonly timing?: Partial<Timing>;
}

export interface Timing {
  /** A worker that is silent for so many beats hangs. */
  readonly silentBeats: number;
  /** Time for one that is to replace another to get ready. */
  readonly readyMs: number;
  /** Before the second of several workers that end by themselves is replaced, and then twice as long each time. */
  readonly firstRestMs: number;
  readonly longestRestMs: number;
  /** Time without such an end after which they are no longer several. */
  readonly calmMs: number;
}

const TIMING: Timing = { silentBeats: 30, readyMs: 60_000, firstRestMs: 250, longestRestMs: 30_000, calmMs: 60_000 };

export interface Worker {
  readonly number: number;
  readonly process: ChildProcess;
  /** `leaving`: it was told to end, and takes no connections. */
  state: 'starting' | 'serving' | 'leaving';
  isReady: boolean;
  silentBeats: number;
  /** Settles when connections come to it (true), or when it has ended. */
  readonly serves: Promise<boolean>;
  readonly settle: (serves: boolean) => void;
  /** Settles when it has ended and all that it wrote is read. */
  readonly closed: Promise<unknown>;
}

export class Supervisor {
  /** How many workers ended by themselves. */
  restarts = 0;
  readonly workers = new Set<Worker>();
  private readonly timing: Timing;
  private hasStarted = false;
  private isStopping = false;
  /** Workers that will be started when a rest is over. */
  private resting = 0;
  private endedInARow = 0;
  private lastEndMs = Number.NEGATIVE_INFINITY;
  private keeper: Worker | null = null;
  private watch: NodeJS.Timeout | null = null;

  /** Never rejects; wishes that come while workers are being replaced become one more round. */
  readonly replaceAll = coalesce(() => this.replaceOneByOne());

  constructor(private readonly options: SupervisorOptions) {
    this.timing = { ...TIMING, ...options.timing };
  }

  start(): void {
    for (let n = 0; n < this.options.count; n++) if (this.launch(true) === null) this.options.onCannotStart(null);
    this.watch = setInterval(() => this.look(), BEAT_MS);
  }

  /** Why no traffic should come; null when all that connections come to can serve it. */
  notReady(): string | null {
    if (this.isStopping) return 'stopping';
    const serving = this.inState('serving');
    const ready = serving.filter((worker) => worker.isReady).length;
    const wanted = this.hasStarted ? Math.max(1, serving.length) : this.options.count;
    return ready === wanted ? null : `${ready} of ${wanted} workers are ready`;
  }

  inState(...states: ReadonlyArray<Worker['state']>): Worker[] {
    return [...this.workers].filter((worker) => states.includes(worker.state)).sort((a, b) => a.number - b.number);
  }

  /** Lets all of them finish what they have begun. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const all = [...this.workers];
    for (const worker of all) {
      worker.state = 'leaving';
      tell(worker, { tell: 'stop' });
    }
    await Promise.all(all.map((worker) => worker.closed));
    if (this.watch !== null) clearInterval(this.watch);
  }

  kill(): void {
    this.isStopping = true;
    if (this.watch !== null) clearInterval(this.watch);
    for (const worker of this.workers) worker.process.kill('SIGKILL');
  }

  /** Null when this machine has no room for another process. */
  private launch(servesAtOnce: boolean): Worker | null {
    let number = 1;
    while ([...this.workers].some((worker) => worker.number === number)) number++;
    let child: ChildProcess;
    try {
      child = this.options.fork({ number, servesAtOnce });
    } catch (error) {
      this.options.logger.error({ worker: number, reason: (error as Error).message }, 'a worker cannot be started');
      return null;
    }
    let settle: Worker['settle'] = () => {};
    const serves = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    const worker: Worker = {
      number,
      process: child,
      state: 'starting',
      isReady: false,
      silentBeats: 0,
      serves,
      settle,
      closed: new Promise((resolve) => {
        child.once('close', resolve);
        // Without a process nothing is closed, and there is no exit; other errors are those of messages to one that ends.
        child.on('error', (error) => {
          if (child.pid !== undefined) return;
          this.ended(worker, error.message);
          resolve(null);
        });
      }),
    };
    this.workers.add(worker);
    child.on('message', (message: FromWorker) => this.hear(worker, message));
    void worker.closed.then(() => this.options.onGone(worker));
    child.once('exit', (code, signal) => this.ended(worker, signal ?? `exit code ${code}`));
    return worker;
  }

  private hear(worker: Worker, message: FromWorker): void {
    worker.silentBeats = 0;
    if (message.tell === 'serving' && worker.state === 'starting') {
      worker.state = 'serving';
      worker.isReady = message.isReady;
      worker.settle(true);
      this.hasStarted ||= this.inState('serving').length === this.options.count;
      this.options.logger.info({ worker: worker.number, workerPid: worker.process.pid }, 'a worker serves');
      this.appointKeeper();
    } else if (message.tell === 'ready') worker.isReady = message.isReady;
    this.options.onMessage(worker, message);
  }

  private ended(worker: Worker, how: string): void {
    if (!this.workers.delete(worker)) return;
    worker.settle(false);
    const { logger } = this.options;
    const about = { worker: worker.number, workerPid: worker.process.pid, how };
    if (this.isStopping || worker.state === 'leaving') {
      logger.info(about, 'a worker has ended');
      return;
    }
    logger.error(about, 'a worker ended that was not told to');
    if (!this.hasStarted && worker.state === 'starting') {
      this.options.onCannotStart(worker);
      return;
    }
    this.restarts++;
    this.appointKeeper();
    this.fill();
  }

  /** Starts what is missing. */
  private fill(): void {
    while (this.inState('starting', 'serving').length + this.resting < this.options.count) {
      this.resting++;
      setTimeout(() => {
        this.resting--;
        if (!this.isStopping && this.launch(false) === null) this.fill();
      }, this.restMs()).unref();
    }
  }

  private restMs(): number {
    const { firstRestMs, longestRestMs, calmMs } = this.timing;
    const nowMs = performance.now();
    if (nowMs - this.lastEndMs > calmMs) this.endedInARow = 0;
    this.lastEndMs = nowMs;
    const before = this.endedInARow++;
    return before === 0 ? 0 : Math.min(longestRestMs, firstRestMs * 2 ** (before - 1));
  }

  private async replaceOneByOne(): Promise<void> {
    const { logger } = this.options;
    if (!this.hasStarted) return;
    logger.info('replacing the workers');
    for (const old of this.inState('serving')) {
      if (this.isStopping) return;
      const next = this.launch(false);
      const serves = await Promise.race([next?.serves, pause(this.timing.readyMs, false, { ref: false })]);
      if (this.isStopping) return;
      if (!serves) {
        logger.error('a new worker does not get ready: those that are not replaced yet go on');
        if (next === null) return;
        next.state = 'leaving';
        next.process.kill('SIGKILL');
        return;
      }
      this.handOver(old);
      await old.closed;
    }
    logger.info('the workers are replaced');
  }

  private handOver(worker: Worker): void {
    worker.state = 'leaving';
    this.appointKeeper();
    tell(worker, { tell: 'hand-over' });
  }

  /** Workers share the folder of the copy: one of them writes it. */
  private appointKeeper(): void {
    if (this.keeper?.state === 'serving' && this.workers.has(this.keeper)) return;
    this.keeper = this.inState('serving')[0] ?? null;
    if (this.keeper !== null) tell(this.keeper, { tell: 'keep-copy' });
  }

  /** Beats are counted and not timed: when all processes were held up, nobody is late. */
  private look(): void {
    for (const worker of this.workers) {
      if (++worker.silentBeats !== this.timing.silentBeats) continue;
      this.options.logger.error({ worker: worker.number, workerPid: worker.process.pid }, 'a worker hangs: it is killed');
      worker.process.kill('SIGKILL');
    }
  }
}

/** One that is just ending hears nothing any more. */
export function tell(worker: Worker, message: FromPrimary): void {
  worker.process.send(message, () => {});
}
