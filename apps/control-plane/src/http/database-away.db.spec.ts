/** When the database goes away the service says so, and goes on when it is back. */
import { describeOnPostgres, postgresUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { databaseProblem } from './database-problem.js';

describeOnPostgres('without its database', () => {
  let app: TestApp;
  let server: pg.Client;
  let name: string;

  beforeAll(async () => {
    app = await startTestApp();
    [{ name }] = await app.dataSource.query('SELECT current_database() AS name');
    server = new pg.Client({ connectionString: postgresUrl });
    await server.connect();
  });
  afterAll(async () => {
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await server.end();
    await app.close();
  });

  it('the service lives, is not ready, answers calls with 503 and no detail of the store, and recovers', async () => {
    const list = () => app.http.get('/api/v1/groups').set('Authorization', app.admin);
    await list().expect(200);
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    const { body } = await list().expect(503);
    expect(body).toMatchObject({ code: 'ServiceUnavailable', detail: expect.not.stringContaining(name) });
    await app.http.post('/api/v1/groups').set('Authorization', app.admin).send({ name: 'some_group' }).expect(503);
    await app.http.get('/readyz').expect(503);
    await app.http.get('/livez').expect(200);
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await list().expect(200);
    await app.http.get('/readyz').expect(200);
  });

  it('says the same of a session that was ended between two statements of its transaction', async () => {
    const runner = app.dataSource.createQueryRunner();
    await runner.startTransaction();
    const [{ pid }] = await runner.query('SELECT pg_backend_pid() AS pid');
    await server.query('SELECT pg_terminate_backend($1)', [pid]);
    while (!runner.isReleased) await new Promise(setImmediate);
    for (const either of [runner, runner.manager]) {
      const error = await either.query('SELECT 1').catch((reason: unknown) => reason);
      expect(databaseProblem(error)?.status).toBe(503);
    }
  });
});
