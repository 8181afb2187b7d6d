/** Starts a control plane on a database. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { Management } from '../causeway/rest.js';
import { ROOT } from '../causeway/stack.js';
import { freePort } from '../free-port.js';
import { start } from '../programs.js';

const START_MS = 60_000;

export interface ControlPlane {
  pid: number;
  /** As the admin of the default account. */
  management: Management;
  /** Settings with which data planes follow it. */
  followers: Readonly<Record<string, string>>;
  stop: () => Promise<void>;
}

/**
 * Not pinned: it shares both cores with Postgres, as the target has it.
 *
 * @param shared settings that data planes have too: where a Redis is
 */
export async function startControlPlane(
  databaseUrl: string,
  shared: Readonly<Record<string, string>> = {},
): Promise<ControlPlane> {
  const port = await freePort();
  const token = `cwt_${randomBytes(32).toString('base64url')}`;
  const followers = {
    ...shared,
    CAUSEWAY_MASTER_KEY: `bench:${randomBytes(32).toString('base64')}`,
    CAUSEWAY_NODE_TOKEN: randomBytes(32).toString('base64url'),
  };
  const program = start(process.execPath, [join(ROOT, 'apps/control-plane/dist/main.js')], {
    core: null,
    env: {
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      ...followers,
      CAUSEWAY_ADMIN_TOKEN: token,
      CAUSEWAY_MANAGEMENT_HOST: '127.0.0.1',
      CAUSEWAY_MANAGEMENT_PORT: String(port),
      CAUSEWAY_LOG_LEVEL: 'error',
      CAUSEWAY_LIMITS_TOKEN_REQUESTS: '0', // what one caller may ask in a while is not what is measured
    },
  });
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + START_MS; ; await later(50)) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) break;
    if (program.hasEnded() || Date.now() > end) throw new Error(`the control plane did not start: ${program.complaints()}`);
  }
  return {
    pid: program.pid,
    management: { url, token },
    followers: { ...followers, CAUSEWAY_CONTROL_PLANE_URL: url },
    stop: program.stop,
  };
}
