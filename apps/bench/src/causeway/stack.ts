/** Starts Causeway as a user does, on embedded stores in a folder of its own, and times it. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { Cores } from '../cores.js';
import { freePort } from '../free-port.js';
import { ask } from '../probe.js';
import { commandLine, processTree, residentBytes } from '../proc.js';
import { type Program, pin, start } from '../programs.js';
import type { Management } from './rest.js';

export const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
export const DATA_PLANE = join(ROOT, 'apps/data-plane/dist/main.js');

export interface Stack {
  management: Management;
  /** What a further data plane needs to follow this control plane. */
  dataPlaneEnvironment: Readonly<Record<string, string>>;
  resources: Resources;
}

export interface Resources {
  /** From `npm start` on an installed and built clone, with an empty data folder, to the example's first answer. */
  firstAnswerMs: number;
  /** RSS of its data plane, with the example loaded, some seconds after that answer. */
  restingDataPlaneBytes: number;
}

/** The public domain of the original document's first group, as the example has it. */
const EXAMPLE_HOST = '17ff4c9189004a1d87b557606b767334-local.apigw.localhost';
const EXAMPLE_PATH = '/distributeAPI?target=resource1';

const START_MS = 60_000;
const REST_MS = 5000;

/** @returns the built files that are missing, empty when all are there */
export function missingBuilds(): string[] {
  return ['apps/standalone/dist/main.js', 'apps/control-plane/dist/main.js', 'apps/data-plane/dist/main.js'].filter(
    (file) => !existsSync(join(ROOT, file)),
  );
}

export async function startStack(cores: Cores, workDir: string): Promise<Stack> {
  const [managementPort, publicPort, internalPort, adminPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const secrets = {
    CAUSEWAY_MASTER_KEY: `bench:${randomBytes(32).toString('base64')}`,
    CAUSEWAY_NODE_TOKEN: randomBytes(32).toString('base64url'),
  };
  const token = `cwt_${randomBytes(32).toString('base64url')}`;
  const startedAt = performance.now();
  const stack = start('npm', ['start'], {
    core: null,
    cwd: ROOT,
    env: {
      ...secrets,
      CAUSEWAY_ADMIN_TOKEN: token,
      CAUSEWAY_DATA_DIR: join(workDir, 'stack'),
      CAUSEWAY_MANAGEMENT_PORT: String(managementPort),
      CAUSEWAY_PUBLIC_PORT: String(publicPort),
      CAUSEWAY_INTERNAL_PORT: String(internalPort),
      CAUSEWAY_ADMIN_PORT: String(adminPort),
    },
  });
  await untilExampleAnswers(stack, publicPort);
  const firstAnswerMs = performance.now() - startedAt;

  await later(REST_MS);
  const dataPlane = processTree(stack.pid).filter((pid) => commandLine(pid).includes('data-plane/dist/main.js'));
  const restingDataPlaneBytes = dataPlane.reduce((sum, pid) => sum + residentBytes(pid), 0);
  pin(stack.pid, cores.load); // from here on it only feeds the data planes that are measured

  const url = `http://127.0.0.1:${managementPort}`;
  return {
    management: { url, token },
    dataPlaneEnvironment: { ...secrets, CAUSEWAY_CONTROL_PLANE_URL: url },
    resources: { firstAnswerMs, restingDataPlaneBytes },
  };
}

async function untilExampleAnswers(stack: Program, port: number): Promise<void> {
  const end = Date.now() + START_MS;
  for (;;) {
    const status = await ask(port, EXAMPLE_PATH, { host: EXAMPLE_HOST }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    if (stack.hasEnded() || Date.now() > end) {
      throw new Error(`npm start gave no answer of the example (last status ${status}):\n${stack.complaints()}`);
    }
    await later(20);
  }
}
