/** Starts and stops a whole gateway on this machine: database, both services, sample backends, the example. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createManagementClient } from '@causeway/management-client';
import type { Started } from './announcement.js';
import { scriptOf } from './child.js';
import { listenersOf, type Settings, urlOf } from './config.js';
import { lockDataDir } from './data-dir-lock.js';
import { startEmbeddedDatabase } from './embedded-database.js';
import { ensureExample } from './example.js';
import { callOver } from './management-call.js';
import { portProblems } from './ports.js';
import { startSampleBackend } from './sample-backend.js';
import { ensureSecrets } from './secrets.js';
import { createSupervisor } from './supervisor.js';

export interface Stack {
  start(): Promise<Started>;
  /** Rejects when a part ends by itself. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
  killAll(): void;
}

/** Takes the data folder and checks the ports; what it throws is a message for the operator. */
export async function prepareStack(settings: Settings): Promise<Stack> {
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockDataDir(settings.dataDir);
  const problems = await portProblems(listenersOf(settings));
  if (problems.length > 0) {
    lock.release();
    throw new Error(problems.join('\n'));
  }
  const supervisor = createSupervisor(lock.add);
  const logFolder = join(settings.dataDir, 'logs');
  // Undone in reverse, after the services.
  const cleanUps: Array<() => unknown> = [() => lock.release()];

  return {
    failed: supervisor.failed,
    async start() {
      const secrets = ensureSecrets(settings.dataDir);
      const { environment } = settings;
      let databaseUrl = settings.databaseUrl;
      if (!databaseUrl) {
        const database = await startEmbeddedDatabase(supervisor, { dataDir: settings.dataDir, logFolder, environment });
        cleanUps.push(database.cleanUp);
        databaseUrl = database.url;
      }
      supervisor.start({
        name: 'control-plane',
        script: scriptOf('control-plane', 'main.js'),
        environment: controlPlaneEnvironment(settings, secrets, databaseUrl),
        logFolder,
      });
      const backends = await Promise.all([startSampleBackend(), startSampleBackend()]);
      cleanUps.push(...backends.map((backend) => () => backend.close()));
      await supervisor.untilReady('control plane', `${urlOf(settings.management)}/readyz`);
      supervisor.start({
        name: 'data-plane',
        script: scriptOf('data-plane', 'main.js'),
        // As in `npm run data-plane`.
        nodeArgs: ['--max-semi-space-size=32'],
        environment: dataPlaneEnvironment(settings, secrets),
        logFolder,
      });
      await supervisor.untilReady('data plane', `${urlOf(settings.admin)}/readyz`);
      const adminToken = settings.given.adminToken ?? readFileSync(secrets.adminToken, 'utf8').trim();
      const example = await ensureExample(callOver(createManagementClient(urlOf(settings.management), adminToken)), {
        region: settings.region,
        domainSuffix: settings.domainSuffix,
        backendPorts: [backends[0].port, backends[1].port],
      });
      const adminTokenFile = settings.given.adminToken === undefined ? secrets.adminToken : null;
      return { settings, logFolder, adminTokenFile, hasExample: example !== 'absent' };
    },
    async stop() {
      await supervisor.stop();
      for (const cleanUp of cleanUps.toReversed()) await cleanUp();
    },
    // The lock stays: the next launcher reads in it whose end to wait for.
    killAll: supervisor.killAll,
  };
}

type Secrets = ReturnType<typeof ensureSecrets>;

/** Generated secrets travel as paths: an environment is easier to read for others than a file of mode 0600. */
function controlPlaneEnvironment(settings: Settings, secrets: Secrets, databaseUrl: string): NodeJS.ProcessEnv {
  return {
    ...shared(settings, secrets),
    DATABASE_URL: databaseUrl,
    DATABASE_URL_FILE: undefined,
    ...(settings.databaseUrl ? {} : { CAUSEWAY_DATABASE_POOL: '1' }),
    ...(settings.given.adminToken === undefined ? { CAUSEWAY_ADMIN_TOKEN_FILE: secrets.adminToken } : {}),
    CAUSEWAY_MANAGEMENT_HOST: settings.management.host,
    CAUSEWAY_MANAGEMENT_PORT: String(settings.management.port),
  };
}

function dataPlaneEnvironment(settings: Settings, secrets: Secrets): NodeJS.ProcessEnv {
  const { environment } = settings;
  return {
    ...shared(settings, secrets),
    CAUSEWAY_INSTANCE: environment.CAUSEWAY_INSTANCE || 'default',
    CAUSEWAY_CONTROL_PLANE_URL: urlOf(settings.management),
    CAUSEWAY_DATA_DIR: join(settings.dataDir, 'data-plane'),
    // The sample backends, and whatever a newcomer runs beside them, listen on loopback.
    CAUSEWAY_BACKEND_ALLOW_LOOPBACK: environment.CAUSEWAY_BACKEND_ALLOW_LOOPBACK || 'true',
    CAUSEWAY_PUBLIC_HOST: settings.public.host,
    CAUSEWAY_PUBLIC_PORT: String(settings.public.port),
    CAUSEWAY_INTERNAL_HOST: settings.internal.host,
    CAUSEWAY_INTERNAL_PORT: String(settings.internal.port),
    CAUSEWAY_ADMIN_HOST: settings.admin.host,
    CAUSEWAY_ADMIN_PORT: String(settings.admin.port),
  };
}

function shared(settings: Settings, secrets: Secrets): NodeJS.ProcessEnv {
  return {
    ...settings.environment,
    NODE_ENV: settings.environment.NODE_ENV || 'production',
    CAUSEWAY_REGION: settings.region,
    CAUSEWAY_DOMAIN_SUFFIX: settings.domainSuffix,
    ...(settings.given.masterKey ? {} : { CAUSEWAY_MASTER_KEY_FILE: secrets.masterKey }),
    ...(settings.given.nodeToken ? {} : { CAUSEWAY_NODE_TOKEN_FILE: secrets.nodeToken }),
  };
}
