/** What following has come to, for metrics. */
export interface SyncCounters {
  /** Snapshots that were swapped in. */
  applied: number;
  /** Documents and snapshots that were not what they should be: forged, damaged, of another instance, or of no use. */
  refused: number;
  /** Of the last swap, ms: fetching, checking and compiling what changed. */
  applyMs: number;
}
