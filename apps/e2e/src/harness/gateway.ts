/** A whole gateway for one story: a database of its own, a control plane, and data planes as the story wants them. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScratchDatabase } from '@causeway/test-stores';
import { freePort } from './free-port.js';
import { createManagement, type Management } from './management.js';
import { type Service, startService } from './service.js';

export interface GatewayOptions {
  /** Settings of both services. */
  readonly environment?: Record<string, string>;
  /** Lets both services use this Redis, under a prefix of their own. */
  readonly redisUrl?: string;
  /** The folder `apps` of another checkout, whose services these are to be, with a slash at its end. */
  readonly apps?: string;
}

export interface DataPlane {
  readonly publicPort: number;
  readonly internalPort: number;
  readonly adminUrl: string;
  readonly service: Service;
}

export interface Gateway {
  readonly management: Management;
  readonly controlPlane: Service;
  /** Ends the control plane and starts it again, with settings changed from now on. */
  restartControlPlane(changed: Record<string, string>): Promise<void>;
  /** Runs a script of the control plane with its settings, such as `reseal.js`; gives what it printed. */
  runScript(script: string): Promise<string>;
  /** The same with another token. */
  managementAs(token: string): Management;
  /** Starts one more data plane; it is ready when the promise resolves. */
  startDataPlane(environment?: Record<string, string>): Promise<DataPlane>;
  /** What the story opened beside the gateway: closed with it, even when the story fails half-way. */
  closeAtEnd(...parts: Array<{ close(): Promise<void> }>): void;
  stop(): Promise<void>;
}

export async function startGateway({ environment = {}, redisUrl, apps }: GatewayOptions = {}): Promise<Gateway> {
  const database = await createScratchDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'causeway-e2e-'));
  const managementPort = await freePort();
  const adminToken = `cwt_${randomBytes(32).toString('base64url')}`;
  const shared = {
    CAUSEWAY_MASTER_KEY: `k1:${randomBytes(32).toString('base64')}`,
    CAUSEWAY_NODE_TOKEN: `cwn_${randomBytes(32).toString('base64url')}`,
    ...(redisUrl ? { REDIS_URL: redisUrl, CAUSEWAY_REDIS_PREFIX: `e2e-${randomBytes(6).toString('hex')}` } : {}),
    ...environment,
  };
  const settings: Record<string, string> = {
    ...shared,
    DATABASE_URL: database.url,
    ...(database.isEmbedded ? { CAUSEWAY_DATABASE_POOL: '1' } : {}),
    CAUSEWAY_ADMIN_TOKEN: adminToken,
    CAUSEWAY_MANAGEMENT_HOST: '127.0.0.1',
    CAUSEWAY_MANAGEMENT_PORT: String(managementPort),
  };
  const controlPlaneUrl = `http://127.0.0.1:${managementPort}`;
  const startControlPlane = async (): Promise<Service> => {
    const service = startService('control-plane/dist/main.js', settings, apps);
    await service.untilReady(`${controlPlaneUrl}/readyz`);
    return service;
  };
  let controlPlane = await startControlPlane();
  const dataPlanes: DataPlane[] = [];
  const others: Array<{ close(): Promise<void> }> = [];

  return {
    management: createManagement(controlPlaneUrl, adminToken),
    get controlPlane() {
      return controlPlane;
    },
    async restartControlPlane(changed) {
      await controlPlane.stop();
      Object.assign(settings, changed);
      controlPlane = await startControlPlane();
    },
    async runScript(script) {
      const service = startService(`control-plane/dist/${script}`, settings, apps);
      const code = await service.ended;
      if (code !== 0) throw new Error(`${script} ended with ${code}:\n${service.output()}`);
      return service.output();
    },
    managementAs: (token) => createManagement(controlPlaneUrl, token),
    async startDataPlane(own = {}) {
      const [publicPort, internalPort, adminPort] = [await freePort(), await freePort(), await freePort()];
      const settingsOfNode = {
        ...shared,
        CAUSEWAY_INSTANCE: 'default',
        CAUSEWAY_NODE_ID: `node-${dataPlanes.length + 1}`,
        CAUSEWAY_CONTROL_PLANE_URL: controlPlaneUrl,
        CAUSEWAY_DATA_DIR: join(folder, `data-plane-${dataPlanes.length + 1}`),
        CAUSEWAY_BACKEND_ALLOW_LOOPBACK: 'true',
        CAUSEWAY_PUBLIC_HOST: '127.0.0.1',
        CAUSEWAY_PUBLIC_PORT: String(publicPort),
        CAUSEWAY_INTERNAL_PORT: String(internalPort),
        CAUSEWAY_ADMIN_PORT: String(adminPort),
        ...own,
      };
      const service = startService('data-plane/dist/main.js', settingsOfNode, apps);
      const dataPlane = { publicPort, internalPort, adminUrl: `http://127.0.0.1:${adminPort}`, service };
      dataPlanes.push(dataPlane);
      await service.untilReady(`${dataPlane.adminUrl}/readyz`);
      return dataPlane;
    },
    closeAtEnd(...parts) {
      others.push(...parts);
    },
    async stop() {
      await Promise.all(dataPlanes.map(({ service }) => service.stop()));
      await controlPlane.stop();
      await Promise.all(others.map((part) => part.close()));
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
