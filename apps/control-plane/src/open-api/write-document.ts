/** Writes the reference beside what was built: no database, no secrets, no port. What is generated from it starts there. */
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { readSettings } from '../config.js';
import { describeApi } from '../open-api.js';

// Required, and never used: nothing is connected to.
const settings = readSettings({
  DATABASE_URL: 'postgres://localhost/none',
  CAUSEWAY_MASTER_KEY: `none:${Buffer.alloc(32).toString('base64')}`,
  CAUSEWAY_ADMIN_TOKEN: `cwt_${'0'.repeat(43)}`,
  CAUSEWAY_NODE_TOKEN: '0'.repeat(43),
});
if ('problems' in settings) throw new Error(settings.problems.join('\n'));
const app = await NestFactory.create(AppModule.with(settings), { preview: true, abortOnError: false, logger: false });
writeFileSync(new URL('../openapi.json', import.meta.url), `${JSON.stringify(describeApi(app), null, 2)}\n`);
await app.close();
