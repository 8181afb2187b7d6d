/** Watches the memory of a process while something happens. */
import { residentBytes } from '../proc.js';

const SAMPLE_MS = 20;

export interface Growth {
  beforeBytes: number;
  /** The most that was seen. */
  peakBytes: number;
}

/** Samples the RSS of `pid` every 20 ms until `work` is done. */
export async function residentGrowth(pid: number, work: () => Promise<void>): Promise<Growth> {
  const beforeBytes = residentBytes(pid);
  let peakBytes = beforeBytes;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes(pid));
  }, SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return { beforeBytes, peakBytes: Math.max(peakBytes, residentBytes(pid)) };
}
