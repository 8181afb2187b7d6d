/** How long creating and deploying many APIs in batches takes, and the memory of the control plane meanwhile. */
import { call, type Management } from '../causeway/rest.js';
import { residentGrowth } from '../measurements/resident-growth.js';
import { atMost, type Verdict } from '../verdicts.js';
import { percentile, timed } from './percentile.js';

const IN_A_BATCH = 100;
const MOST_SECONDS = 120;
const MOST_MB = 400;

export interface BatchTimes {
  apis: number;
  createMs: number[];
  deployMs: number[];
  peakBytes: number;
}

interface Answer {
  items: { status: string }[];
  next?: string | null;
}

/** Into a group of its own. */
export async function measureBatches(
  management: Management,
  pid: number,
  apis: number,
  progress: (line: string) => void,
): Promise<BatchTimes> {
  const { id } = await call<{ id: string }>(management, 'POST', '/groups', { name: 'batch_group' });
  const times: BatchTimes = { apis, createMs: [], deployMs: [], peakBytes: 0 };
  const growth = await residentGrowth(pid, async () => {
    for (let first = 0; first < apis; first += IN_A_BATCH) {
      const items = Array.from({ length: Math.min(IN_A_BATCH, apis - first) }, (_, n) => definitionOf(first + n));
      times.createMs.push((await done(() => call<Answer>(management, 'POST', `/groups/${id}/apis/batch`, { items }))).ms);
    }
    progress(`created ${apis} APIs in ${(sum(times.createMs) / 1000).toFixed(1)} s`);
    const body = { stage: 'RELEASE', action: 'deploy', all: true };
    for (let cursor = ''; ; ) {
      const path = `/groups/${id}/deployments${cursor}`;
      const { ms, result } = await done(() => call<Answer>(management, 'POST', path, body));
      times.deployMs.push(ms);
      if (times.deployMs.length % 10 === 0) progress(`deployed ${times.deployMs.length * IN_A_BATCH} of ${apis} APIs`);
      if (result.next === null || result.next === undefined) break;
      cursor = `?cursor=${result.next}`;
    }
  });
  return { ...times, peakBytes: growth.peakBytes };
}

async function done(work: () => Promise<Answer>): Promise<{ ms: number; result: Answer }> {
  const answer = await timed(work);
  const refused = answer.result.items.find(({ status }) => status !== 'done');
  if (refused !== undefined) throw new Error(`an API of a batch was refused: ${JSON.stringify(refused)}`);
  return answer;
}

function definitionOf(n: number): object {
  return {
    name: `api_${n}`,
    auth: 'ANONYMOUS',
    request: { method: 'GET', path: `/things/${n}/of/[id]` },
    parameters: [{ name: 'id', in: 'path', required: true, backend: { name: 'id', in: 'path' } }],
    backend: { type: 'HTTP', address: 'http://backend.example.com:8080', path: '/things/[id]', method: 'GET' },
  };
}

export function batchLines({ apis, createMs, deployMs, peakBytes }: BatchTimes): string[] {
  const line = (what: string, ms: readonly number[]) =>
    `  ${what} ${apis} APIs in ${ms.length} batches: ${(sum(ms) / 1000).toFixed(1)} s, a batch ${percentile(ms, 0.5).toFixed(0)} ms (p95 ${percentile(ms, 0.95).toFixed(0)})`;
  return [
    line('creating', createMs),
    line('deploying', deployMs),
    `  control plane: at most ${Math.round(peakBytes / 1e6)} MB RSS meanwhile`,
  ];
}

export function batchVerdicts({ apis, createMs, deployMs, peakBytes }: BatchTimes): Verdict[] {
  const seconds = (sum(createMs) + sum(deployMs)) / 1000;
  return [
    atMost(`creating and deploying ${apis} APIs in batches of ${IN_A_BATCH}: seconds`, seconds, MOST_SECONDS),
    atMost(`the same: MB of RSS of the control plane`, peakBytes / 1e6, MOST_MB),
  ];
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
