/** The Redis in which limits are counted: asked for a moment only, and left alone for a while when it does not answer. */
import { connectRedis, type RedisClient } from '@causeway/redis';
import { deadline } from '../publish/deadline.js';

/** A request waits this long for Redis at most. */
const ANSWER_MS = 250;
/** After a failure one request in this time tries Redis again; the others do not wait for it. */
const RETRY_MS = 1000;

export class LimitsRedis {
  readonly client: RedisClient;
  /** Monotonic time, ms, before which nobody asks; 0 while Redis answers. */
  private awayUntilMs = 0;
  private told = false;

  /**
   * Connects in the background and goes on trying; until then Redis counts as away.
   *
   * @param onRedis told when Redis stops answering, with the reason, and when it answers again (null)
   */
  constructor(
    url: string,
    private readonly onRedis: (reason: string | null) => void,
  ) {
    this.client = connectRedis(url, (error) => this.tellAway(error));
  }

  /** Undefined when Redis did not answer. */
  async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    const nowMs = performance.now();
    if (!this.client.isReady || nowMs < this.awayUntilMs) return undefined;
    if (this.awayUntilMs > 0) this.awayUntilMs = nowMs + RETRY_MS;
    try {
      const answer = await deadline(question(), ANSWER_MS, 'Redis');
      this.awayUntilMs = 0;
      this.tellBack();
      return answer;
    } catch (error) {
      this.awayUntilMs = performance.now() + RETRY_MS;
      this.tellAway(error as Error);
      return undefined;
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
