/** What operators measure. */
import { Module } from '@nestjs/common';
import { ChangeModule } from '../change/change.module.js';
import { PublishModule } from '../publish/publish.module.js';
import { RevisionsModule } from '../revisions/revisions.module.js';
import { MetricsController } from './metrics.controller.js';
import { PoolMetrics } from './pool-metrics.js';
import { PublishMetrics } from './publish-metrics.js';
import { createRegistry, Registry } from './registry.js';
import { RequestMetrics } from './request-metrics.js';
import { StateMetrics } from './state-metrics.js';
import { StoreState } from './store-state.js';
import { WorkMetrics } from './work-metrics.js';

@Module({
  imports: [ChangeModule, PublishModule, RevisionsModule],
  controllers: [MetricsController],
  providers: [
    { provide: Registry, useFactory: createRegistry },
    PoolMetrics,
    PublishMetrics,
    RequestMetrics,
    StateMetrics,
    StoreState,
    WorkMetrics,
  ],
})
export class MetricsModule {}
