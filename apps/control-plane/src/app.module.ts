/** The control plane: its resources, and what they stand on. */
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from './accounts/accounts.module.js';
import { ApisModule } from './apis/apis.module.js';
import { AppsModule } from './apps/apps.module.js';
import { AuditModule } from './audit/audit.module.js';
import { BindingsModule } from './bindings/bindings.module.js';
import { BootstrapModule } from './bootstrap/bootstrap.module.js';
import { CertificatesModule } from './certificates/certificates.module.js';
import type { Settings } from './config.js';
import { servingOptions } from './data-source.js';
import { DatasetsModule } from './datasets/datasets.module.js';
import { DeploymentsModule } from './deployments/deployments.module.js';
import { DomainsModule } from './domains/domains.module.js';
import { ExplainModule } from './explain/explain.module.js';
import { GrantsModule } from './grants/grants.module.js';
import { GroupsModule } from './groups/groups.module.js';
import { HealthController } from './health/health.controller.js';
import { EtagInterceptor } from './http/etag.js';
import { HttpModule } from './http/http.module.js';
import { IdempotencyInterceptor } from './http/idempotency.js';
import { ProblemFilter } from './http/problem-filter.js';
import { TokenGuard } from './http/token-guard.js';
import { InstancesModule } from './instances/instances.module.js';
import { LimitsModule } from './limits/limits.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { ModelsModule } from './models/models.module.js';
import { NodesModule } from './nodes/nodes.module.js';
import { PluginsModule } from './plugins/plugins.module.js';
import { PublishModule } from './publish/publish.module.js';
import { RevisionsModule } from './revisions/revisions.module.js';
import { SettingsModule } from './settings.module.js';
import { StagesModule } from './stages/stages.module.js';
import { TagsModule } from './tags/tags.module.js';
import { LastUse } from './tokens/last-use.js';
import { TokensModule } from './tokens/tokens.module.js';
import { VpcAccessesModule } from './vpc-accesses/vpc-accesses.module.js';

@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest names a dynamic module by its class.
export class AppModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.with(settings),
        TypeOrmModule.forRoot({ ...servingOptions(settings.databaseUrl, settings.databasePool), autoLoadEntities: true }),
        HttpModule,
        LimitsModule,
        MetricsModule,
        BootstrapModule,
        PublishModule,
        NodesModule,
        DatasetsModule,
        PluginsModule,
        RevisionsModule,
        AuditModule,
        BindingsModule,
        AccountsModule,
        TokensModule,
        InstancesModule,
        GroupsModule,
        StagesModule,
        DomainsModule,
        CertificatesModule,
        VpcAccessesModule,
        ApisModule,
        DeploymentsModule,
        ExplainModule,
        AppsModule,
        GrantsModule,
        ModelsModule,
        TagsModule,
      ],
      controllers: [HealthController],
      providers: [
        LastUse,
        { provide: APP_GUARD, useClass: TokenGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_INTERCEPTOR, useClass: EtagInterceptor },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
      ],
    };
  }
}
