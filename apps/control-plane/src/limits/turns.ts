/** Lets a few at a time do something under the same key; others wait for their turn. */

interface Lane {
  running: number;
  readonly waiting: Array<() => void>;
}

export class Turns {
  private readonly lanes = new Map<string, Lane>();

  constructor(private readonly atOnce: number) {}

  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const lane = this.lanes.get(key) ?? { running: 0, waiting: [] };
    this.lanes.set(key, lane);
    if (lane.running < this.atOnce) lane.running++;
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Who is next takes over the place of the one that ends.
      const next = lane.waiting.shift();
      if (next !== undefined) next();
      else if (--lane.running === 0) this.lanes.delete(key);
    }
  }
}
