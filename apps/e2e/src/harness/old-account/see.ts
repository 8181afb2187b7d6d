/** What clients of the old account see when they ask its APIs. */
import { type Sent, send } from '../http-client.js';
import type { OldApi } from './account.js';
import type { Sample, Seen } from './kind.js';

/** Asks all samples of an API, in their order; `asked` says what each was. */
export async function seeAll(port: number, api: OldApi, turn = 0): Promise<Array<{ asked: string; gets: object; seen: Seen }>> {
  const all: Array<{ asked: string; gets: object; seen: Seen }> = [];
  for (const [n, sample] of api.kind.samples(api.group, api.app).entries()) {
    const host = sample.host ?? anyHost(api, turn + n);
    const asked = `${api.group.name} ${api.kind.name} ${n}: ${sample.method ?? 'GET'} ${host}${sample.target}`;
    all.push({ asked, gets: sample.gets, seen: await see(port, host, sample) });
  }
  return all;
}

export async function see(port: number, host: string, sample: Omit<Sample, 'gets'>): Promise<Seen> {
  return seenOf(await send(port, host, sample.target, sample));
}

function seenOf({ status, headers, body }: Sent): Seen {
  return { status, code: (headers['x-ca-error-code'] as string | undefined) ?? null, headers, body: parsed(body) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** Domains of the group that lead to the stage that is asked for, in turn. */
function anyHost({ group }: OldApi, turn: number): string {
  const open = group.domains.filter(({ stage }) => stage === undefined).map(({ domain }) => domain.replace('*', 'red'));
  const hosts = [group.publicDomain, ...open];
  return hosts[turn % hosts.length] ?? group.publicDomain;
}
