/** From a committed write to the data planes: publisher, Redis, and snapshots over HTTP. */
import { Module } from '@nestjs/common';
import { ChangeModule } from '../change/change.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { NodeAccess } from '../nodes/node-access.js';
import { ReportBell } from '../nodes/report-bell.js';
import { ChunksModule } from './chunks.module.js';
import { EventStreams } from './event-streams.js';
import { ManifestBell } from './manifest-bell.js';
import { PublishLoop } from './publish-loop.js';
import { PublishedManifests } from './published-manifests.js';
import { Publisher } from './publisher.js';
import { RedisKeeper } from './redis-keeper.js';
import { SnapshotController } from './snapshot.controller.js';

@Module({
  imports: [ChangeModule, ChunksModule, LimitsModule],
  controllers: [SnapshotController],
  providers: [EventStreams, ManifestBell, NodeAccess, PublishLoop, PublishedManifests, Publisher, RedisKeeper, ReportBell],
  exports: [NodeAccess, PublishedManifests, Publisher, RedisKeeper, ReportBell],
})
export class PublishModule {}
