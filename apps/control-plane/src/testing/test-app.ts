/** The whole control plane on a database of its own, for specs. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createScratchDatabase, type ScratchDatabase } from '@causeway/test-stores';
import pino from 'pino';
import supertest from 'supertest';
import { DataSource } from 'typeorm';
import { readSettings } from '../config.js';
import { createApp } from '../create-app.js';
import type { Role } from '../http/allow.js';
import { runMigrations } from '../run-migrations.js';

export interface TestApp {
  /** Requests without a token. */
  readonly http: ReturnType<typeof supertest>;
  /** Value of `Authorization` of the bootstrap admin. */
  readonly admin: string;
  readonly url: string;
  readonly dataSource: DataSource;
  /** Everything that was logged. */
  readonly log: () => string;
  /** Value of `Authorization` of a new token, of the default account unless another is named. */
  token(role: Role, accountId?: string): Promise<string>;
  /** A part of the application, by its class. */
  get<T>(part: new (...parts: never[]) => T): T;
  /** A new account's id. */
  account(name: string): Promise<string>;
  close(): Promise<void>;
}

/** @param given a database that outlives this control plane; one of its own, dropped with it, unless said */
export async function startTestApp(environment: Record<string, string> = {}, given?: ScratchDatabase): Promise<TestApp> {
  const database = given ?? (await createScratchDatabase());
  const settings = readSettings({
    DATABASE_URL: database.url,
    CAUSEWAY_DATABASE_POOL: database.isEmbedded ? '1' : '5',
    CAUSEWAY_MASTER_KEY: `test:${randomBytes(32).toString('base64')}`,
    CAUSEWAY_ADMIN_TOKEN: `cwt_${randomBytes(24).toString('hex')}`,
    CAUSEWAY_NODE_TOKEN: randomBytes(24).toString('hex'),
    CAUSEWAY_MANAGEMENT_PORT: '0',
    CAUSEWAY_MANAGEMENT_HOST: '127.0.0.1',
    CAUSEWAY_LOG_LEVEL: 'debug',
    ...environment,
  });
  if ('problems' in settings) throw new Error(settings.problems.join('\n'));
  let lines = '';
  const logger = pino(
    { level: settings.logLevel },
    {
      write(line: string) {
        lines += line;
      },
    },
  );
  await runMigrations(settings);
  const app = await createApp(settings, logger);
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  const http = supertest(url);
  const admin = `Bearer ${settings.adminToken}`;
  const create = async (path: string, body: object) => {
    const { body: made } = await http.post(path).set('Authorization', admin).send(body).expect(201);
    return made as { id: string; token: string };
  };
  return {
    http,
    admin,
    url,
    dataSource: app.get(DataSource),
    log: () => lines,
    get: (part) => app.get(part),
    token: async (role, accountId) => {
      const name = `test-${randomBytes(4).toString('hex')}`;
      return `Bearer ${(await create('/api/v1/tokens', { name, role, ...(accountId !== undefined && { accountId }) })).token}`;
    },
    account: async (name) => (await create('/api/v1/accounts', { name })).id,
    async close() {
      await app.close();
      if (given === undefined) await database.drop();
    },
  };
}
