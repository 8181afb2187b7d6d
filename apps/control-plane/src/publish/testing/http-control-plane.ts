/** A control plane that only publishes, on a port of its own: what a data plane's sync meets. */
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { ChangeModule } from '../../change/change.module.js';
import { LimitSettings } from '../../limits/limit-settings.js';
import { NodesModule } from '../../nodes/nodes.module.js';
import { PublishModule } from '../publish.module.js';
import { SnapshotSettings } from '../snapshot-settings.js';

const NONE = { count: 0, seconds: 1 };

export async function startHttpControlPlane(
  dataSource: DataSource,
  settings: SnapshotSettings,
): Promise<{ app: INestApplication; url: string }> {
  @Module({})
  class Settings {}
  @Module({})
  class App {}
  const providers = [
    { provide: DataSource, useValue: dataSource },
    { provide: SnapshotSettings, useValue: settings },
    {
      provide: LimitSettings,
      useValue: { ...settings, redisUrl: null, trustedProxies: [], failedTokens: NONE, tokenRequests: NONE },
    },
  ];
  const app = await NestFactory.create(
    {
      module: App,
      imports: [
        { module: Settings, global: true, providers, exports: [DataSource, SnapshotSettings, LimitSettings] },
        ChangeModule,
        PublishModule,
        NodesModule,
      ],
    },
    { logger: false, abortOnError: false },
  );
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}
