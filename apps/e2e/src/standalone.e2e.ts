/** `npm start` from a newcomer's side: a fresh folder, the printed curl, Ctrl-C, a second start, a taken port, a killed launcher. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort } from './harness/free-port.js';
import { send } from './harness/http-client.js';
import { type Service, startService } from './harness/service.js';

const LAUNCHER = 'standalone/dist/main.js';
let folder: string;
let environment: Record<string, string>;
let publicPort: number;
let launcher: Service;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-start-'));
  publicPort = await freePort();
  environment = {
    CAUSEWAY_DATA_DIR: join(folder, 'data'),
    CAUSEWAY_PUBLIC_PORT: `${publicPort}`,
    CAUSEWAY_MANAGEMENT_PORT: `${await freePort()}`,
    CAUSEWAY_INTERNAL_PORT: `${await freePort()}`,
    CAUSEWAY_ADMIN_PORT: `${await freePort()}`,
  };
});
afterAll(async () => {
  await launcher?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

it('starts on an empty folder and prints requests that work', async () => {
  launcher = await started();
  const lines = launcher.output().match(/^ *curl .*$/gm) ?? [];
  expect(lines.map((line) => line.trim())).toEqual([curl('resource1'), curl('resource2')]);
  expect(await distribute('resource1')).toMatch(/^GET \/business1 HTTP\/1\.1\r\n/);
  expect(await distribute('resource2')).toMatch(/^Host: backend2\.alicloudapi\.com:8080\r$/im);
}, 60_000);

it('keeps its secrets to itself', async () => {
  const file = join(folder, 'data', 'secrets', 'admin-token');
  expect(launcher.output()).toContain(file);
  expect(launcher.output()).not.toContain((await readFile(file, 'utf8')).trim());
  expect([(await stat(file)).mode & 0o777, (await stat(join(folder, 'data'))).mode & 0o777]).toEqual([0o600, 0o700]);
});

it('names the setting to change when a port is taken, and the folder when that is', async () => {
  const samePorts = startService(LAUNCHER, { ...environment, CAUSEWAY_DATA_DIR: join(folder, 'other') });
  expect(await samePorts.ended).toBe(1);
  expect(samePorts.output()).toContain(
    `Port ${publicPort} on 127.0.0.1 (public traffic) is taken: set CAUSEWAY_PUBLIC_PORT to another one.\n`,
  );
  expect(samePorts.output().trimEnd().split('\n')).toHaveLength(4);
  const sameFolder = startService(LAUNCHER, environment);
  expect(await sameFolder.ended).toBe(1);
  expect(sameFolder.output()).toMatch(/^Another Causeway \(process \d+\) runs on .*: stop it, or set CAUSEWAY_DATA_DIR .*\n$/);
}, 30_000);

it('stops on Ctrl-C, leaves no port taken, and starts again with what it had', async () => {
  expect(await launcher.stop('SIGINT')).toBe(0);
  expect(await takenPorts()).toEqual([]);
  launcher = await started();
  expect(await distribute('resource1')).toMatch(/^GET \/business1 /);
}, 60_000);

it('starts again after it was killed, although nothing told its parts to stop', async () => {
  expect(await launcher.stop('SIGKILL')).toBeNull();
  launcher = await started();
  expect(await distribute('resource2')).toMatch(/^GET \/business2 /);
}, 60_000);

it('says which part died, with the end of its log, and takes the others down', async () => {
  const [, controlPlane] = JSON.parse(await readFile(join(folder, 'data', 'lock'), 'utf8')).slice(1);
  process.kill(controlPlane.pid, 'SIGKILL');
  expect(await launcher.ended).toBe(1);
  expect(launcher.output()).toMatch(/The control-plane ended unexpectedly \(SIGKILL\)\. The end of .*control-plane\.log:/);
  expect(await takenPorts()).toEqual([]);
}, 60_000);

async function started(): Promise<Service> {
  const service = startService(LAUNCHER, environment);
  while (!service.output().includes('Causeway is running.')) {
    if (service.child.exitCode !== null) throw new Error(service.output());
    await delay(20);
  }
  return service;
}

function curl(resource: string): string {
  return `curl 'http://${host()}/distributeAPI?target=${resource}' -i`;
}

async function distribute(resource: string): Promise<string> {
  const answer = await send(publicPort, host(), `/distributeAPI?target=${resource}`);
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/plain; charset=UTF-8']);
  return answer.body;
}

function host(): string {
  return `17ff4c9189004a1d87b557606b767334-local.apigw.localhost:${publicPort}`;
}

async function takenPorts(): Promise<number[]> {
  const ports = Object.entries(environment).flatMap(([name, value]) => (name.endsWith('_PORT') ? [Number(value)] : []));
  const taken = await Promise.all(ports.map(isTaken));
  return ports.filter((_, i) => taken[i]);
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}
