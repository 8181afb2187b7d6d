/** Instances. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Group } from '../groups/group.entity.js';
import { Instance } from './instance.entity.js';
import { InstancesController } from './instances.controller.js';
import { InstancesService } from './instances.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Instance, Group])],
  controllers: [InstancesController],
  providers: [InstancesService],
})
export class InstancesModule {}
