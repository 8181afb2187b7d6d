/** Instances. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Group } from '../groups/group.entity.js';
import { PublishModule } from '../publish/publish.module.js';
import { Instance } from './instance.entity.js';
import { InstanceKeysController } from './instance-keys.controller.js';
import { InstanceKeysService } from './instance-keys.service.js';
import { InstancesController } from './instances.controller.js';
import { InstancesService } from './instances.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Instance, Group]), PublishModule],
  controllers: [InstancesController, InstanceKeysController],
  providers: [InstancesService, InstanceKeysService],
})
export class InstancesModule {}
