/** Several workers are one data plane to clients and operators, and whichever of them goes takes nothing with it but its own connections. */
import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWithRedis, redisUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type DataPlane, type Gateway, startGateway } from './harness/gateway.js';
import { send, verdict } from './harness/http-client.js';
import { type Client, underLoad } from './harness/load.js';
import { createScenario, type Scenario } from './harness/scenario.js';
import { startService } from './harness/service.js';
import { until } from './harness/until.js';

const CLIENTS = 12;

describeWithRedis('a data plane of two workers', () => {
  let gateway: Gateway;
  let scenario: Scenario;
  /** Its workers call each other's internal listener. */
  let wired: Told;
  let plain: Told;

  beforeAll(async () => {
    gateway = await startGateway(redisUrl ? { redisUrl } : {});
    const settings = { CAUSEWAY_WORKERS: '2', CAUSEWAY_DRAIN_MS: '1500' };
    // The system chooses the internal port: known by what each worker logs.
    wired = told(await gateway.startDataPlane({ ...settings, CAUSEWAY_INTERNAL_CALLS: 'wire', CAUSEWAY_INTERNAL_PORT: '0' }));
    plain = told(await gateway.startDataPlane(settings));
    scenario = await createScenario(gateway);
  }, 90_000);
  afterAll(() => gateway?.stop(), 60_000);

  const nodesOf = async ({ name }: Told) => {
    const { items } = await gateway.management.call<{ items: Array<{ node: string }> }>('GET /nodes');
    const nodes = items.map(({ node }) => node).filter((node) => node.startsWith(`${name}-`));
    return nodes.map((node) => node.slice(name.length + 1)).sort();
  };
  const visitorsOf = (dataPlane: Told) =>
    Array.from({ length: CLIENTS }, () => new Visitor(dataPlane.publicPort, scenario.host, '/distributeAPI?target=resource1'));

  it('shares its ports, also one that the system chose', () => {
    const ports = wired.logged('listening').map((line) => line.ports as { internal?: { port: number } });
    const internal = ports.flatMap((each) => each.internal?.port ?? []);
    expect(internal).toHaveLength(2);
    expect(new Set(internal).size).toBe(1);
  });

  it('is a node for each worker to whoever waits for an edit', async () => {
    const edit = await gateway.management.call<{ applied: { nodes: Array<{ node: string; state: string }> } }>(
      `PATCH /groups/${scenario.host.slice(0, 32)}?wait=applied`,
      { description: 'edited' },
    );
    const applied = edit.applied.nodes.map(({ node, state }) => `${node} ${state}`).sort();
    expect(applied).toEqual(['node-1-1 applied', 'node-1-2 applied', 'node-2-1 applied', 'node-2-2 applied']);
    expect(await nodesOf(wired)).toEqual(['1', '2']);
  });

  it('counts for all of them, also for those that it has replaced under load, and fails nobody', async () => {
    const visitors = visitorsOf(wired);
    const wrong = await underLoad(
      visitors.map(({ ask }) => ask),
      async () => {
        await until(() => wired.workersOf(visitors.flatMap(({ ids }) => ids)).size === 2, 'both workers have answered');
        wired.service.child.kill('SIGHUP');
        await until(() => wired.logged('the workers are replaced').length === 1, 'the workers are replaced');
      },
    );
    expect(wrong).toEqual([]);
    const pids = wired.logged('a worker serves').map(({ workerPid }) => workerPid);
    expect(new Set(pids).size).toBe(4);
    // A number is free again once its worker has gone.
    expect(await nodesOf(wired)).toEqual(['1', '3']);
    const answered = visitors.reduce((sum, { ids }) => sum + ids.length, 0);
    for (const listener of ['public', 'internal']) {
      const name = `causeway_requests_total{listener="${listener}",status="200"}`;
      await until(async () => (await wired.metric(name)) >= answered, 'all requests are counted');
      for (let scrape = 0; scrape < 5; scrape++) expect(await wired.metric(name)).toBe(answered);
    }
    expect(await wired.metric('causeway_request_duration_seconds_count{listener="public"}')).toBe(answered);
    expect(await wired.metric('causeway_request_duration_seconds_bucket{listener="public",le="+Inf"}')).toBe(answered);
    expect(await wired.metric('causeway_workers')).toBe(2);
    expect(await wired.metric('causeway_worker_restarts_total')).toBe(0);
    const { revision } = await gateway.management.call<{ revision: number }>(
      `PATCH /groups/${scenario.host.slice(0, 32)}?wait=applied`,
      {
        description: 'edited again',
      },
    );
    expect(await wired.metric('causeway_config_revision')).toBe(revision);
  }, 60_000);

  it('loses the connections of a worker that is killed, and nothing else', async () => {
    const visitors = visitorsOf(plain);
    const { worker, workerPid } = plain.logged('a worker serves')[0]!;
    const total = 'causeway_requests_total{listener="public",status="200"}';
    let before = 0;
    const wrong = await underLoad(
      visitors.map(({ ask }) => ask),
      async (turn) => {
        const known = () => visitors.every(({ ids }) => plain.workersOf(ids).size > 0);
        await until(known, 'it is known to which worker each visitor goes');
        before = await plain.metric(total);
        process.kill(workerPid as number, 'SIGKILL');
        await turn();
        await until(() => plain.logged('a worker serves').length === 3, 'the worker is replaced');
      },
    );
    const failed = visitors.filter(({ failures }) => failures > 0);
    const lost = (visitor: Visitor) => visitor.failures === 1 && plain.workersOf(visitor.ids).has(`${plain.name}-${worker}`);
    expect(failed.filter((visitor) => !lost(visitor))).toEqual([]);
    expect(wrong.filter((each) => !/ECONNRESET|socket hang up/.test(each))).toEqual([]);
    expect(await plain.metric(total)).toBeGreaterThan(before);
    expect(await plain.metric('causeway_worker_restarts_total')).toBe(1);
    expect((await fetch(`${plain.adminUrl}/readyz`)).status).toBe(200);
    expect(await nodesOf(plain)).toEqual(['1', '2']);
  }, 60_000);

  it('ends when it is told to, with an answer to all that it has begun, and its nodes are no longer waited for', async () => {
    const answers: string[] = [];
    const load = Array.from({ length: 4 * CLIENTS }, async () => {
      // Until nobody listens any more.
      for (let refusals = 0; refusals < 2; ) {
        const answer = await send(wired.publicPort, scenario.host, '/distributeAPI?target=resource1', {
          agent: new Agent(),
        }).then(verdict, () => null);
        if (answer === null) refusals++;
        else answers.push(answer);
      }
    });
    await until(() => answers.length > 200, 'there is load');
    expect(await wired.service.stop()).toBe(0);
    await Promise.all(load);
    // What came on a connection after the signal is refused.
    expect(answers.filter((each) => each !== '200 -' && each !== '503 X503BZ')).toEqual([]);
    expect(await nodesOf(wired)).toEqual([]);
    expect(await nodesOf(plain)).toEqual(['1', '2']);
  }, 60_000);

  it('ends at once when it is told to a second time', async () => {
    const backend = createServer(() => {});
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
    gateway.closeAtEnd({ close: () => new Promise((resolve) => backend.close(() => resolve())) });
    await gateway.management.publish(scenario.host.slice(0, 32), {
      name: 'silent',
      auth: 'ANONYMOUS',
      request: { protocols: ['HTTP'], method: 'GET', path: '/silent' },
      backend: { type: 'HTTP', address: `http://127.0.0.1:${(backend.address() as AddressInfo).port}`, path: '/', method: 'GET' },
    });
    const asked = once(backend, 'request');
    const running = send(plain.publicPort, scenario.host, '/silent').then(verdict, () => 'broken off');
    await asked;
    plain.service.child.kill('SIGTERM');
    await until(() => plain.logged('stopping').length === 1, 'it is stopping');
    expect(await plain.service.stop()).toBe(1);
    expect(await running).toBe('broken off');
    await until(() => !pidsOf(plain).some(isAlive), 'its workers are gone');
  }, 60_000);

  it('leaves no worker behind when its primary is killed', async () => {
    const dataPlane = told(await gateway.startDataPlane({ CAUSEWAY_WORKERS: '2' }));
    await dataPlane.service.stop('SIGKILL');
    await until(() => !pidsOf(dataPlane).some(isAlive), 'its workers are gone');
    await expect(send(dataPlane.publicPort, scenario.host, '/')).rejects.toThrow('ECONNREFUSED');
  }, 60_000);

  it('does not start on a port that is taken, and says which setting to change', async () => {
    const port = new URL(gateway.management.url).port;
    const service = startService('data-plane/dist/main.js', {
      CAUSEWAY_WORKERS: '2',
      REDIS_URL: redisUrl ?? '',
      CAUSEWAY_NODE_TOKEN: 'x'.repeat(24),
      CAUSEWAY_INSTANCE_KEY: `k:${Buffer.alloc(32).toString('base64')}`,
      CAUSEWAY_PUBLIC_HOST: '127.0.0.1',
      CAUSEWAY_PUBLIC_PORT: port,
      CAUSEWAY_INTERNAL_PORT: '0',
      CAUSEWAY_ADMIN_PORT: '0',
    });
    expect(await service.ended).toBe(1);
    expect(service.output()).toContain(`Port ${port} on 127.0.0.1 is taken: set CAUSEWAY_PUBLIC_PORT to another port`);
  }, 60_000);
});

function pidsOf(dataPlane: Told): number[] {
  return dataPlane.logged('a worker serves').map(({ workerPid }) => workerPid as number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Keeps one connection for as long as it is let. */
class Visitor {
  /** Of the answers that were right. */
  readonly ids: string[] = [];
  failures = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly port: number,
    private readonly host: string,
    private readonly target: string,
  ) {}

  readonly ask: Client = async () => {
    try {
      const { status, body, headers } = await send(this.port, this.host, this.target, { agent: this.agent });
      if (status !== 200 || body !== 'one') throw new Error(`${status} ${headers['x-ca-error-code']} ${body}`);
      this.ids.push(String(headers['x-ca-request-id']));
    } catch (error) {
      this.failures++;
      throw error;
    }
  };
}

type Told = ReturnType<typeof told>;

/** A data plane with what it says of itself. */
function told(dataPlane: DataPlane) {
  const lines = () =>
    dataPlane.service
      .output()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    ...dataPlane,
    get name() {
      return String(lines()[0]?.nodeId);
    },
    logged: (message: string) => lines().filter(({ msg }) => msg === message),
    /** The nodes that have answered requests, as far as they have logged it. */
    workersOf(requestIds: readonly string[]): Set<unknown> {
      const wanted = new Set(requestIds);
      const found = lines().filter(({ listener, requestId }) => listener === 'public' && wanted.has(String(requestId)));
      return new Set(found.map(({ nodeId }) => nodeId));
    },
    async metric(name: string): Promise<number> {
      const text = await (await fetch(`${dataPlane.adminUrl}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1));
    },
  };
}
