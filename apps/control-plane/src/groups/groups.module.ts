/** Groups, their internal domains, and moving them. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Instance } from '../instances/instance.entity.js';
import { LoopsModule } from '../loops/loops.module.js';
import { Group } from './group.entity.js';
import { GroupsController } from './groups.controller.js';
import { GroupsService } from './groups.service.js';
import { InternalDomainsService } from './internal-domains.service.js';
import { MigrationService } from './migration.service.js';

@Module({
  imports: [LoopsModule, TypeOrmModule.forFeature([Group, Instance])],
  controllers: [GroupsController],
  providers: [GroupsService, InternalDomainsService, MigrationService],
})
export class GroupsModule {}
