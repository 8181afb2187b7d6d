/** Counts failures in the last seconds. */

/** One second each, as many as the longest window has. */
export class RecentFailures {
  private readonly seconds: Int32Array;
  /** The second that was noted last. */
  private last = 0;

  /** @param windowSeconds how far back failures count */
  constructor(private readonly windowSeconds: number) {
    this.seconds = new Int32Array(windowSeconds);
  }

  /** Notes one failure. @returns how many there are in the window */
  note(nowMs: number): number {
    this.advance(Math.floor(nowMs / 1000));
    this.seconds[this.last % this.windowSeconds]!++;
    return this.seconds.reduce((sum, count) => sum + count, 0);
  }

  clear(): void {
    this.seconds.fill(0);
  }

  private advance(second: number): void {
    if (second - this.last >= this.windowSeconds) this.clear();
    else for (let at = this.last + 1; at <= second; at++) this.seconds[at % this.windowSeconds] = 0;
    this.last = Math.max(this.last, second);
  }
}
