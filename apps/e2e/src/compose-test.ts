/** `npm run compose:test`: brings docker-compose.yml up under a name of its own, sends the example's requests, takes all down. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from './harness/free-port.js';
import { send } from './harness/http-client.js';

const HOST = '17ff4c9189004a1d87b557606b767334-local.apigw.localhost';
const root = fileURLToPath(new URL('../../../', import.meta.url));
const hasPlugin = spawnSync('docker', ['compose', 'version']).status === 0;
const [program = '', ...first] = hasPlugin ? ['docker', 'compose'] : ['docker-compose'];
const project = ['--project-name', `causeway-test-${process.pid}`, '--profile', 'example'];
const [publicPort1, publicPort2, managementPort] = [await freePort(), await freePort(), await freePort()];
const secret = (): string => randomBytes(24).toString('hex');
const environment = {
  ...process.env,
  POSTGRES_PASSWORD: secret(),
  REDIS_PASSWORD: secret(),
  CAUSEWAY_MASTER_KEY: `k1:${randomBytes(32).toString('base64')}`,
  CAUSEWAY_ADMIN_TOKEN: `cwt_${secret()}`,
  CAUSEWAY_NODE_TOKEN: `cwn_${secret()}`,
  CAUSEWAY_PUBLIC_PORT: `${publicPort1}`,
  CAUSEWAY_PUBLIC_PORT_2: `${publicPort2}`,
  CAUSEWAY_MANAGEMENT_PORT: `${managementPort}`,
};

// Ctrl-C reaches docker-compose too, whose failure leads to the same clean-up.
process.on('SIGINT', () => undefined);

try {
  await compose('up', '--build', '--detach');
  assert.equal(await exitCodeOf('example'), 0, 'the example could not be loaded');
  for (const port of [publicPort1, publicPort2]) {
    for (const n of [1, 2]) {
      const answer = await send(port, HOST, `/distributeAPI?target=resource${n}`);
      assert.equal(answer.status, 200, JSON.stringify(answer));
      assert.match(answer.body, new RegExp(`^GET /business${n} HTTP/1.1\r\n`));
      assert.match(answer.body, new RegExp(`^host: backend${n}\\.alicloudapi\\.com:8080\r$`, 'im'));
      assert.match(answer.body, new RegExp(`^X-Ca-Request-Id: ${answer.headers['x-ca-request-id']}\r$`, 'm'));
    }
    assert.equal((await send(port, HOST, '/business1')).headers['x-ca-error-code'], 'A400MA');
  }
  await compose('stop', 'control-plane', 'postgres', 'redis');
  assert.equal(
    (await send(publicPort1, HOST, '/distributeAPI?target=resource1')).status,
    200,
    'traffic needs the data plane only',
  );
  process.stdout.write('\nThe compose file works.\n');
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`\n${(error as Error).message}\n\n`);
  await compose('logs', '--tail=40').catch(() => undefined);
} finally {
  await compose('down', '--volumes', '--remove-orphans', '--timeout', '5');
}

async function compose(...args: string[]): Promise<void> {
  const child = spawn(program, [...first, ...project, ...args], { cwd: root, env: environment, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
}

/** Waits for a one-shot service. */
async function exitCodeOf(service: string): Promise<number> {
  const options = { cwd: root, env: environment, encoding: 'utf8' } as const;
  const { stdout: id } = spawnSync(program, [...first, ...project, 'ps', '--quiet', '--all', service], options);
  return Number(spawnSync('docker', ['wait', id.trim()], options).stdout.trim());
}
