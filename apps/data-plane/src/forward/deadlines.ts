/** One timer for all calls that must end in time. */
// hot

/** How late a call may be ended, ms. The shortest timeout is 300 ms (wire contract 12). */
const TICK_MS = 20;

/** Something that has to end by a point in time. */
export interface Timed {
  /** Monotonic, ms. */
  readonly untilMs: number;
  /** Where it stands in the list; kept by `Deadlines`. */
  place: number;
  /** Called once, some milliseconds after `untilMs`. */
  expire(): void;
}

/** Instead of a timer set and cleared for each call: an entry in a list that is looked through 50 times a second. */
export class Deadlines {
  private readonly list: Timed[] = [];
  private timer: NodeJS.Timeout | null = null;

  add(timed: Timed): void {
    timed.place = this.list.push(timed) - 1;
    this.timer ??= setInterval(() => this.look(), TICK_MS);
  }

  remove(timed: Timed): void {
    const { place } = timed;
    if (place < 0) return;
    const last = this.list.pop()!;
    if (last !== timed) {
      this.list[place] = last;
      last.place = place;
    }
    timed.place = -1;
  }

  private look(): void {
    const now = performance.now();
    for (let at = this.list.length - 1; at >= 0; at--) {
      const timed = this.list[at];
      if (timed === undefined || timed.untilMs > now) continue;
      this.remove(timed);
      timed.expire();
    }
    if (this.list.length > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}
