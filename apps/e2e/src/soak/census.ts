/** What the processes of a deployment take and have done, from moment to moment. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { FaultBed, Part } from '../faults/kit/bed.js';

export interface PartSample {
  readonly name: string;
  /** MiB. */
  readonly rss: number;
  readonly sockets: number;
  /** Snapshots that a node has swapped in since it started. */
  readonly swaps?: number;
}

export interface Sample {
  /** Since the start of the run. */
  readonly seconds: number;
  readonly parts: readonly PartSample[];
}

/** Of those that run; a process that stands still is not asked. */
export async function takeSample(bed: FaultBed, seconds: number): Promise<Sample> {
  const parts = [...bed.controlPlanes, ...bed.nodes].filter((part) => part.isUp);
  return { seconds, parts: await Promise.all(parts.map((part) => samplePart(part))) };
}

async function samplePart(part: Part & { readonly adminUrl?: string }): Promise<PartSample> {
  const { pid } = part.service.child;
  const rss = Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  const sample = { name: part.name, rss, sockets: countSockets(pid ?? 0) };
  return part.adminUrl === undefined ? sample : { ...sample, swaps: await swapsOf(part.adminUrl) };
}

function countSockets(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:');
    } catch {
      // Closed since the folder was read.
      return false;
    }
  }).length;
}

async function swapsOf(adminUrl: string): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return Number(/^causeway_config_snapshots_total\{[^}]*outcome="applied"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0);
}
