/** The state of a circuit breaker: of the calls of one API in one stage by one route (plugins, section 5.12). */
// hot
import { RecentFailures } from './failures.js';

/** Calls at a time while it is tried whether the backend is well again, and how many must go well. */
const PROBES = 5;

export interface BreakerSettings {
  /** So many failures in the window open it. */
  readonly threshold: number;
  readonly windowSeconds: number;
  /** How long it stays open before it is tried. */
  readonly openSeconds: number;
}

/** `call`: as always; `probe`: as a trial; `open`, `busy`: not at all. */
export type Entry = 'call' | 'probe' | 'open' | 'busy';

/** `none`: it ended without a verdict, when the client left, say. */
export type Outcome = 'succeeded' | 'failed' | 'none';

/** All breakers of a process, by `breakerKey`. */
export interface BreakerStore {
  /** May a call be made? */
  enter(key: string): Entry;
  /** Once for each `call` and `probe`. */
  settle(key: string, entry: Entry, outcome: Outcome, settings: BreakerSettings): void;
}

export function breakerKey(apiId: string, stage: string, routeName: string | null): string {
  return `${apiId}/${stage}/${routeName ?? ''}`;
}

export class Breaker {
  state: 'closed' | 'open' | 'half-open' = 'closed';
  private failures: RecentFailures | null = null;
  private windowSeconds = 0;
  private openUntilMs = 0;
  private probes = 0;
  private successes = 0;

  /** @param nowMs monotonic, as everywhere here */
  enter(nowMs: number): Entry {
    if (this.state === 'closed') return 'call';
    if (this.state === 'open') {
      if (nowMs < this.openUntilMs) return 'open';
      this.state = 'half-open';
      this.successes = 0;
    }
    if (this.probes >= PROBES) return 'busy';
    this.probes++;
    return 'probe';
  }

  settle(entry: Entry, outcome: Outcome, settings: BreakerSettings, nowMs: number): void {
    if (entry === 'probe') {
      this.probes--;
      if (this.state === 'half-open') this.tried(outcome, settings, nowMs);
    } else if (outcome === 'failed' && this.state === 'closed' && this.count(settings, nowMs) >= settings.threshold)
      this.open(settings, nowMs);
  }

  private tried(outcome: Outcome, settings: BreakerSettings, nowMs: number): void {
    if (outcome === 'failed') this.open(settings, nowMs);
    if (outcome !== 'succeeded' || ++this.successes < PROBES) return;
    this.state = 'closed';
    this.failures?.clear();
  }

  /** Others know of failures that this one does not. */
  open({ openSeconds }: BreakerSettings, nowMs: number): void {
    this.state = 'open';
    this.openUntilMs = nowMs + openSeconds * 1000;
  }

  private count({ windowSeconds }: BreakerSettings, nowMs: number): number {
    if (this.failures === null || this.windowSeconds !== windowSeconds) {
      this.failures = new RecentFailures(windowSeconds);
      this.windowSeconds = windowSeconds;
    }
    return this.failures.note(nowMs);
  }
}
