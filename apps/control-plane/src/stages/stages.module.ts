/** Stages of groups, and their variables. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoopsModule } from '../loops/loops.module.js';
import { GroupStage } from './group-stage.entity.js';
import { StageVariablesService } from './stage-variables.service.js';
import { StagesController } from './stages.controller.js';
import { StagesService } from './stages.service.js';

@Module({
  imports: [LoopsModule, TypeOrmModule.forFeature([GroupStage])],
  controllers: [StagesController],
  providers: [StagesService, StageVariablesService],
})
export class StagesModule {}
