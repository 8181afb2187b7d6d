/** Starts a data plane on free ports, with a program made from chunks in memory. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setImmediate as afterTraffic } from 'node:timers/promises';
import { compileProgram, type HashedChunk } from '@causeway/engine';
import pino from 'pino';
import { type Config, readConfig } from '../config.js';
import { createDataPlane, type DataPlane } from '../data-plane.js';
import { openNonces } from '../nonces/open-nonces.js';
import { open, type SnapshotInput, snapshot } from './snapshot.js';
import { until } from './until.js';

export interface Plane {
  readonly config: Config;
  readonly publicPort: number;
  readonly internalPort: number;
  readonly adminPort: number;
  /** Compiles another program and puts it in force. */
  apply(input: SnapshotInput | Map<string, HashedChunk>): Promise<void>;
  /** Says how following goes, in place of a real source. */
  follow: DataPlane['follow'];
  /** The value of a metric, by its name and labels as they stand in the text; 0 when it is not there. */
  metric(name: string): Promise<number>;
  /** Settles when a metric has a value. */
  untilMetric(name: string, value: number): Promise<void>;
  admin(path: string): Promise<{ readonly status: number; readonly text: string; readonly type: string }>;
  /** The first problems that the gateway itself noted: bugs. */
  readonly failures: readonly string[];
  handOver: DataPlane['handOver'];
  readonly stopped: boolean;
  stop(): Promise<void>;
  /** Stops, and gives the lines of the access log. */
  stopAndReadLog(): Promise<readonly Record<string, unknown>[]>;
}

export interface PlaneOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Config['limits']>;
  readonly waits?: Partial<Config['waits']>;
  /** Null: no program yet. */
  readonly program: SnapshotInput | Map<string, HashedChunk> | null;
  readonly open?: (path: string, sealed: string) => string;
}

export async function startPlane(options: PlaneOptions): Promise<Plane> {
  const settings = readConfig({
    CAUSEWAY_NODE_TOKEN: 'x'.repeat(24),
    CAUSEWAY_INSTANCE_KEY: 'k:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    CAUSEWAY_NODE_ID: 'node-1',
    CAUSEWAY_PUBLIC_HOST: '127.0.0.1',
    CAUSEWAY_PUBLIC_PORT: '0',
    CAUSEWAY_INTERNAL_PORT: '0',
    CAUSEWAY_ADMIN_PORT: String(await freePort()),
    CAUSEWAY_BACKEND_ALLOW_LOOPBACK: 'true',
    CAUSEWAY_DRAIN_MS: '5000',
    ...options.environment,
  });
  if ('problems' in settings) throw new Error(settings.problems.join('; '));
  const config: Config = {
    ...settings,
    limits: { ...settings.limits, ...options.limits },
    waits: { ...settings.waits, ...options.waits },
  };
  const folder = mkdtempSync(join(tmpdir(), 'plane-'));
  const logFile = join(folder, 'access.log');
  const records: Array<Record<string, unknown>> = [];
  const sink = new Writable({
    write(line, _, done) {
      records.push(JSON.parse(String(line)));
      done();
    },
  });
  const nonces = openNonces(config, () => {});
  const plane = createDataPlane(config, pino(sink), nonces, { logTo: logFile });
  const apply = async (input: SnapshotInput | Map<string, HashedChunk>) => {
    const chunks = input instanceof Map ? input : snapshot(input);
    const deps = {
      open: options.open ?? open,
      proxyName: config.proxyName,
      now: Date.now,
      services: plane.services,
      random: Math.random,
      pause: afterTraffic,
    };
    const at = { epoch: 1, revision: (plane.program?.revision ?? 0) + 1 };
    plane.program = await compileProgram(at, chunks, deps, plane.program);
  };
  if (options.program !== null) await apply(options.program);
  await plane.start();
  const ports = records.find(({ msg }) => msg === 'listening')?.ports as Record<string, { port: number }>;
  const admin = (path: string) => fetchText(config.admin.port, path);
  const metric = async (name: string) => {
    const { text } = await admin('/metrics');
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length + 1) ?? 0,
    );
  };
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= plane.stop().then(() => nonces.close());
    return stopped;
  };
  return {
    config,
    publicPort: ports.public!.port,
    internalPort: ports.internal!.port,
    adminPort: config.admin.port,
    apply,
    follow: (status) => plane.follow(status),
    handOver: () => plane.handOver(),
    metric,
    untilMetric: (name, value) => until(async () => (await metric(name)) === value, `${name} is ${value}`),
    admin,
    get failures() {
      return records.filter(({ err }) => err !== undefined).map(({ err }) => (err as { stack: string }).stack);
    },
    get stopped() {
      return stopped !== null;
    },
    async stop() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
    async stopAndReadLog() {
      await stop();
      const text = readFileSync(logFile, 'utf8');
      rmSync(folder, { recursive: true, force: true });
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
  };
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function fetchText(port: number, path: string): Promise<{ status: number; text: string; type: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString('utf8'),
          type: response.headers['content-type'] ?? '',
        }),
      );
    })
      .on('error', reject)
      .end();
  });
}
