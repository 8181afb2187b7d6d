import { compileProgram } from '@causeway/engine';
import { parseKeyring } from '@causeway/snapshot';
import { expect, it } from '@jest/globals';
import { startTestApp } from '../../../control-plane/src/testing/test-app.js';
import { startSync } from '../sync/sync.js';

it('x', async () => {
  const prefix = 'cw-x-' + process.pid;
  const mk = 'test:' + Buffer.alloc(32, 5).toString('base64');
  const tok = 't'.repeat(30);
  const app = await startTestApp({
    CAUSEWAY_MASTER_KEY: mk,
    CAUSEWAY_NODE_TOKEN: tok,
    REDIS_URL: process.env.NOREDIS ? '' : process.env.REDIS_URL!,
    CAUSEWAY_REDIS_PREFIX: prefix,
  });
  const log: any[] = [];
  let program: any = null;
  const sync = await startSync({
    instance: 'default',
    node: 'n',
    keys: { kind: 'master', keyring: parseKeyring(mk) },
    redisUrl: process.env.NOREDIS ? null : process.env.REDIS_URL!,
    redisPrefix: prefix,
    controlPlaneUrl: app.url,
    nodeToken: tok,
    dataDir: '/tmp/snap/data',
    logger: { info: (a, b) => log.push([a, b]), warn: (a, b) => log.push([a, b]) },
    clock: { now: Date.now, random: Math.random },
    async apply(m, chunks, open) {
      log.push(['apply', m.revision, performance.now()]);
      program = await compileProgram(
        m,
        chunks,
        { open, now: Date.now, random: Math.random, pause: () => new Promise(setImmediate) },
        program,
      );
      return { problems: program.quarantine };
    },
  });
  console.log(sync.status(), log);
  while (!sync.status().running) await new Promise((r) => setTimeout(r, 50));
  const times: number[] = [];
  const { createClient } = await import('redis');
  const rc = createClient({ url: process.env.REDIS_URL! });
  await rc.connect();
  await rc.pSubscribe('*', (m, c) => {
    log.push(['bell', c, m, performance.now()]);
  });
  const { body: g } = await app.http.post('/api/v1/groups').set('Authorization', app.admin).send({ name: 'group_x' });
  console.log(g);
  for (let i = 0; i < 12; i++) {
    const t = performance.now();
    const { body, status } = await app.http
      .patch('/api/v1/groups/' + g.id + '?wait=applied')
      .set('Authorization', app.admin)
      .send({ description: '', basePath: '/b' + i });
    times.push(performance.now() - t);
    if (i < 12) {
      console.log(
        'w',
        t,
        'applied+',
        log.filter((x) => x[0] === 'apply').at(-1)![2] - t,
        'bell+',
        (log.filter((x) => x[0] === 'bell').at(-1)?.[3] ?? 0) - t,
        'answer+',
        performance.now() - t,
      );
    }
    if (i === 0 || status >= 400) console.log(status, JSON.stringify(body.applied));
    expect(body.applied.timedOut).toBeUndefined();
  }
  times.sort((a, b) => a - b);
  console.log('ms', times[0], times[6], times[11]);
  await sync.stop();
  rc.destroy();
  await app.close();
}, 60000);
