/** A whole deployment whose every connection between parts goes through a proxy of its own, so that each can fail alone. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScratchDatabase } from '@causeway/test-stores/scratch-database';
import { freePort } from '../../harness/free-port.js';
import { createManagement, type Management } from '../../harness/management.js';
import { type Service, startService } from '../../harness/service.js';
import { type OwnRedis, startOwnRedis } from './own-redis.js';
import { createTcpProxy, type TcpProxy } from './tcp-proxy.js';

/** A process with the ways from it to what it needs. */
export interface Part {
  readonly name: string;
  /** False from the moment in which the story takes it away until it is ready again. */
  readonly isUp: boolean;
  readonly service: Service;
  /** Absent in a deployment without Redis. */
  readonly toRedis?: TcpProxy;
  /** Stops it in its tracks; it comes back where it was. */
  pause(): void;
  resume(): void;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it with the settings it had, and others beside them from now on. */
  start(changed?: Record<string, string>): Promise<void>;
  /** What it logged at this level or above, over all its lives: 40 warn, 50 error. */
  logged(level: number): Array<Record<string, unknown>>;
}

export interface ControlPlane extends Part {
  readonly management: Management;
  readonly toPostgres: TcpProxy;
}

export interface DataPlane extends Part {
  readonly port: number;
  readonly adminUrl: string;
  readonly dataDir: string;
  readonly toControlPlane: TcpProxy;
}

export interface FaultBed {
  readonly controlPlanes: readonly ControlPlane[];
  readonly nodes: readonly DataPlane[];
  readonly redis?: OwnRedis;
  /** Of the first control plane. */
  readonly management: Management;
  readonly databaseUrl: string;
  closeAtEnd(...parts: Array<{ close(): Promise<void> }>): void;
  stop(): Promise<void>;
}

export interface FaultBedOptions {
  /** Default 1. */
  readonly controlPlanes?: number;
  /** Default 2. Each follows one of the control planes. */
  readonly nodes?: number;
  /** Default true. */
  readonly redis?: boolean;
  /** In place of a scratch database on the server of this run. */
  readonly database?: { readonly url: string; drop(): Promise<void> };
  /** Settings of all processes. */
  readonly settings?: Record<string, string>;
}

export async function startFaultBed(options: FaultBedOptions = {}): Promise<FaultBed> {
  const { controlPlanes: planesWanted = 1, nodes: nodesWanted = 2 } = options;
  const closing: Array<{ close(): Promise<void> }> = [];
  const parts: Part[] = [];
  const stop = async (): Promise<void> => {
    for (const part of parts) part.resume();
    await Promise.all(parts.map((part) => part.kill('SIGKILL')));
    for (const part of closing.reverse()) await part.close();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-faults-'));
    closing.push({ close: () => rm(folder, { recursive: true, force: true }) });
    const database = options.database ?? (await createScratchDatabase());
    closing.push({ close: () => database.drop() });
    const redis = options.redis === false ? undefined : await startOwnRedis();
    if (redis) closing.push({ close: () => redis.kill() });
    const proxy = async (url: string): Promise<TcpProxy> => {
      const made = await createTcpProxy(url);
      closing.push(made);
      return made;
    };
    const wayToRedis = async () => (redis ? { toRedis: await proxy(redis.url) } : {});

    const adminToken = `cwt_${randomBytes(32).toString('base64url')}`;
    const shared = {
      CAUSEWAY_MASTER_KEY: `k1:${randomBytes(32).toString('base64')}`,
      CAUSEWAY_NODE_TOKEN: `cwn_${randomBytes(32).toString('base64url')}`,
      // What stories ask for is not what an operator does.
      CAUSEWAY_LIMITS_TOKEN_REQUESTS: '0',
      CAUSEWAY_ACCESS_LOG: 'off',
      ...options.settings,
    };

    const startControlPlane = async (n: number): Promise<ControlPlane> => {
      const port = await freePort();
      const ways = { toPostgres: await proxy(withPort(database.url)), ...(await wayToRedis()) };
      const url = `http://127.0.0.1:${port}`;
      const part = await startPart(`control plane ${n}`, 'control-plane/dist/main.js', `${url}/readyz`, {
        ...shared,
        ...(ways.toRedis ? { REDIS_URL: ways.toRedis.url } : {}),
        DATABASE_URL: ways.toPostgres.url,
        CAUSEWAY_ADMIN_TOKEN: adminToken,
        CAUSEWAY_MANAGEMENT_HOST: '127.0.0.1',
        CAUSEWAY_MANAGEMENT_PORT: String(port),
      });
      const plane = Object.assign(part, ways, { management: createManagement(url, adminToken) });
      parts.push(plane);
      return plane;
    };
    const startNode = async (n: number, followed: ControlPlane): Promise<DataPlane> => {
      const [port, internalPort, adminPort] = [await freePort(), await freePort(), await freePort()];
      const ways = { toControlPlane: await proxy(followed.management.url), ...(await wayToRedis()) };
      const [adminUrl, dataDir] = [`http://127.0.0.1:${adminPort}`, join(folder, `node-${n}`)];
      const part = await startPart(`node ${n}`, 'data-plane/dist/main.js', `${adminUrl}/readyz`, {
        ...shared,
        ...(ways.toRedis ? { REDIS_URL: ways.toRedis.url } : {}),
        CAUSEWAY_NODE_ID: `node-${n}`,
        CAUSEWAY_CONTROL_PLANE_URL: ways.toControlPlane.url,
        CAUSEWAY_DATA_DIR: dataDir,
        CAUSEWAY_BACKEND_ALLOW_LOOPBACK: 'true',
        CAUSEWAY_PUBLIC_HOST: '127.0.0.1',
        CAUSEWAY_PUBLIC_PORT: String(port),
        CAUSEWAY_INTERNAL_PORT: String(internalPort),
        CAUSEWAY_ADMIN_PORT: String(adminPort),
      });
      const node = Object.assign(part, ways, { port, adminUrl, dataDir });
      parts.push(node);
      return node;
    };

    const planes: ControlPlane[] = [];
    for (let n = 1; n <= planesWanted; n++) planes.push(await startControlPlane(n));
    const nodes: DataPlane[] = [];
    for (let n = 1; n <= nodesWanted; n++) nodes.push(await startNode(n, at(planes, n)));
    return {
      controlPlanes: planes,
      nodes,
      ...(redis ? { redis } : {}),
      management: at(planes, 0).management,
      databaseUrl: database.url,
      closeAtEnd: (...more) => closing.push(...more),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Of a ring. */
export function at<T>(list: readonly T[], n: number): T {
  return list[n % list.length] as T;
}

async function startPart(name: string, script: string, readyUrl: string, settings: Record<string, string>): Promise<Part> {
  const lives: Service[] = [];
  let isUp = false;
  const current = (): Service => lives.at(-1) as Service;
  const part: Part = {
    name,
    get isUp() {
      return isUp;
    },
    get service() {
      return current();
    },
    pause() {
      isUp = false;
      current().child.kill('SIGSTOP');
    },
    resume() {
      current().child.kill('SIGCONT');
      isUp = current().child.exitCode === null && current().child.signalCode === null;
    },
    async kill(signal = 'SIGKILL') {
      isUp = false;
      if (current().child.exitCode === null && current().child.signalCode === null) await current().stop(signal);
    },
    async start(changed = {}) {
      Object.assign(settings, changed);
      lives.push(startService(script, settings));
      await current().untilReady(readyUrl);
      isUp = true;
    },
    logged: (level) => lives.flatMap((life) => linesOf(life.output())).filter((line) => (line.level as number) >= level),
  };
  await part.start();
  return part;
}

function linesOf(output: string): Array<Record<string, unknown>> {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** Scratch databases stand on the server of this run, whose URL may leave the port out. */
function withPort(url: string): string {
  const parsed = new URL(url);
  parsed.port ||= '5432';
  return parsed.href;
}
