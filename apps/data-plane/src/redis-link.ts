/** Redis as requests use it: asked for a short time, and not at all while it does not answer. */
// hot
import { connectRedis, type RedisClient } from '@causeway/redis';

/** A request waits this long for Redis at most. */
const ANSWER_MS = 250;
/** After a failure one request in this time tries Redis again; the others do not wait for it. */
const RETRY_MS = 1000;
/** Of the time that a request waits. */
const SLICES = 5;

/** Told when Redis stops answering, with the reason, and when it answers again (null). */
export type OnRedis = (reason: string | null) => void;

export class RedisLink {
  readonly client: RedisClient;
  /** How often it did not answer. */
  failures = 0;
  /** Monotonic time, ms, before which nobody asks Redis; 0 while it answers. */
  private awayUntilMs = 0;
  private told = false;

  /** Connects in the background and goes on trying; until then Redis counts as away. */
  constructor(
    url: string,
    private readonly onRedis: OnRedis,
    private readonly answerMs = ANSWER_MS,
  ) {
    this.client = connectRedis(url, (error) => this.tellAway(error));
  }

  /** False while nobody should ask. One request in a while is told to try. */
  get answers(): boolean {
    if (!this.client.isReady) return false;
    if (this.awayUntilMs === 0) return true;
    const nowMs = performance.now();
    if (nowMs < this.awayUntilMs) return false;
    this.awayUntilMs = nowMs + RETRY_MS;
    return true;
  }

  /** What Redis answers in time; null when it does not. For a command that answers null itself, see that it is told apart. */
  async ask<T extends {}>(command: () => Promise<T>): Promise<T | null> {
    if (!this.answers) return null;
    try {
      const reply = await inTime(command(), this.answerMs);
      this.awayUntilMs = 0;
      this.tellBack();
      return reply;
    } catch (error) {
      this.awayUntilMs = performance.now() + RETRY_MS;
      this.failures++;
      this.tellAway(error as Error);
      return null;
    }
  }

  close(): void {
    this.told = true;
    this.client.destroy();
  }

  private tellAway(error: Error): void {
    if (this.told) return;
    this.told = true;
    this.onRedis(error.message === '' ? error.name : error.message);
  }

  private tellBack(): void {
    if (!this.told) return;
    this.told = false;
    this.onRedis(null);
  }
}

/**
 * The client's own timeout covers a command only until it is written. A process that was held up, by a garbage collection or by its
 * neighbours, finds that a time is over before it reads what came meanwhile: so it is counted in slices, of which that costs one.
 */
function inTime<T>(asked: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let left = SLICES;
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      reject(new Error(`no answer within ${ms} ms`));
    }, ms / SLICES);
    asked.then(resolve, reject).finally(() => clearInterval(timer));
  });
}
