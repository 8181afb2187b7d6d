/** One measured run of one contender. */
import type { Bed, Server } from './bed.js';
import type { Contender } from './contenders.js';
import { CONNECTIONS, load } from './load.js';
import { probe } from './probe.js';
import { coreBusyMicroseconds, cpuMicroseconds } from './proc.js';
import { requestsAtOrigin } from './servers/origin.js';

export interface Run {
  requests: number;
  cpuPerRequestUs: number;
  requestsPerSecond: number;
  p50Us: number;
  p99Us: number;
  /** Share of the time in which the contender was on its core. Below 0.9 the load was the limit, and its rate says little. */
  busy: number;
  /** Share of the time in which others were on the contender's core. */
  foreign: number;
  /** Why the run does not count; null when it does. */
  voidBecause: string | null;
}

export async function run(contender: Contender, server: Server, bed: Bed, seconds: number): Promise<Run> {
  const wrong = await probe(contender, server.port);
  if (wrong !== null) throw new Error(`${contender.name}: ${wrong}`);

  const arrivedBefore = await requestsAtOrigin(bed.origin);
  let [cpuBefore, coreBefore] = [0, 0];
  const result = await load({ contender, port: server.port, core: bed.cores.load, seconds, workDir: bed.workDir }, () => {
    cpuBefore = cpuMicroseconds(server.pid);
    coreBefore = coreBusyMicroseconds(bed.cores.contender);
  });
  const cpu = cpuMicroseconds(server.pid) - cpuBefore;
  const core = coreBusyMicroseconds(bed.cores.contender) - coreBefore;
  const arrived = (await requestsAtOrigin(bed.origin)) - arrivedBefore;

  const { requests, durationUs, refused, socketErrors, exhausted, p50Us, p99Us } = result;
  const complaints = [
    requests === 0 ? 'no answers' : '',
    exhausted ? 'signed requests were used up' : '',
    refused > 0 ? `${refused} answers of 4xx or 5xx` : '',
    socketErrors > 0 ? `${socketErrors} socket errors` : '',
    // an answer that did not come from the origin is not the job that is compared
    contender.reachesOrigin && arrived < requests - CONNECTIONS
      ? `${requests} answers, but ${arrived} requests at the origin`
      : '',
    server.hasEnded() ? 'the contender ended' : '',
  ].filter((text) => text !== '');
  return {
    requests,
    cpuPerRequestUs: cpu / requests,
    requestsPerSecond: requests / (durationUs / 1e6),
    p50Us,
    p99Us,
    busy: cpu / durationUs,
    foreign: Math.max(0, core - cpu) / durationUs,
    voidBecause: complaints.length === 0 ? null : complaints.join('; '),
  };
}
