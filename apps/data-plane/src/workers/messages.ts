/** What a primary and its workers tell each other. */
import type { MetricValues } from '../metrics.js';

export type FromWorker =
  /** Its event loop turns. */
  | { readonly tell: 'beat' }
  /** Connections come to it from now on. */
  | { readonly tell: 'serving'; readonly isReady: boolean }
  | { readonly tell: 'ready'; readonly isReady: boolean }
  /** @param asked number of the question; null: its last word */
  | { readonly tell: 'metrics'; readonly asked: number | null; readonly metrics: MetricValues };

export type FromPrimary =
  | { readonly tell: 'measure'; readonly asked: number }
  /** Writes the copy on disk from now on: workers share the folder. */
  | { readonly tell: 'keep-copy' }
  /** Another one serves in its place: it finishes what it has begun and what its clients ask on the way, and ends. */
  | { readonly tell: 'hand-over' }
  /** Nobody serves in its place. */
  | { readonly tell: 'stop' };

/** How often a worker tells that its event loop turns, ms. */
export const BEAT_MS = 1000;

/** Beside standard output, so that lines of the access log and others do not get into each other. */
export const ACCESS_LOG_FD = 4;

/** What a worker is told on its command line, where `ps` shows it. */
export interface WorkerArguments {
  /** From 1; of workers that run at a time each has its own. */
  readonly number: number;
  /** False where others serve: then connections come to it once it is ready. */
  readonly servesAtOnce: boolean;
}

export function toArguments({ number, servesAtOnce }: WorkerArguments): string[] {
  return ['worker', String(number), servesAtOnce ? 'at-once' : 'when-ready'];
}

export function fromArguments([, number, when]: readonly string[]): WorkerArguments {
  return { number: Number(number), servesAtOnce: when === 'at-once' };
}

/** A worker is a node of its own: who waits for an edit waits for all of them. */
export function workerNodeId(nodeId: string, number: number): string {
  return `${nodeId}-${number}`;
}
