/** What a rollback takes and answers. */
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { InstanceQuery } from './revision.dto.js';

export class RollbackQuery extends IntersectionType(WriteQuery, InstanceQuery) {
  @ApiPropertyOptional({ enum: ['true', 'false'], description: '`true`: answers what would change, and changes nothing.' })
  @IsOptional()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false';
}

class RestoredDeployment {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  apiId!: string;

  @ApiProperty()
  groupId!: string;

  @ApiProperty({ example: 'RELEASE' })
  stage!: string;

  @ApiProperty({ enum: ['deploy', 'switch', 'offline'] })
  action!: 'deploy' | 'switch' | 'offline';

  @ApiProperty({ type: String, nullable: true, description: 'Live afterwards; null: none.', example: '20260304050607089' })
  version!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Live before; null: none.', example: '20260305060708091' })
  replaced!: string | null;
}

class RestoredBinding {
  @ApiPropertyOptional({ description: 'Either this or `groupId`.' })
  apiId?: string;

  @ApiPropertyOptional()
  groupId?: string;

  @ApiProperty({ example: 'RELEASE' })
  stage!: string;

  @ApiProperty({ description: 'Of which one plugin is bound at a place.', example: 'routing' })
  type!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Bound afterwards; null: none.' })
  pluginId!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Bound before; null: none.' })
  replaced!: string | null;
}

class RestoredPlugin {
  @ApiProperty({ description: 'Its configuration becomes the text that it had.' })
  pluginId!: string;
}

class RestoredVariable {
  @ApiProperty()
  groupId!: string;

  @ApiProperty({ example: 'RELEASE' })
  stage!: string;

  @ApiProperty({ example: 'backend_host' })
  name!: string;

  @ApiProperty({ enum: ['set', 'remove'], description: 'The value is not shown.' })
  action!: 'set' | 'remove';
}

export class RollbackChanges {
  @ApiProperty({ type: [RestoredDeployment] })
  deployments!: RestoredDeployment[];

  @ApiProperty({ type: [RestoredBinding] })
  bindings!: RestoredBinding[];

  @ApiProperty({ type: [RestoredPlugin] })
  plugins!: RestoredPlugin[];

  @ApiProperty({ type: [RestoredVariable] })
  variables!: RestoredVariable[];
}

export class RollbackCounts {
  @ApiProperty({ example: 1 })
  deployments!: number;

  @ApiProperty({ example: 0 })
  bindings!: number;

  @ApiProperty({ example: 1 })
  plugins!: number;

  @ApiProperty({ example: 0 })
  variables!: number;
}

export class Rollback {
  @ApiProperty()
  instanceId!: string;

  @ApiProperty({ description: 'The revision whose content comes back.', example: 42 })
  restored!: number;

  @ApiProperty({ description: 'True: nothing was changed.' })
  dryRun!: boolean;

  @ApiProperty({ type: RollbackChanges, description: 'The first 1000 of each.' })
  changes!: RollbackChanges;

  @ApiProperty({ type: RollbackCounts, description: 'How many there are of each.' })
  counts!: RollbackCounts;
}

export class RollbackAnswer extends IntersectionType(Rollback, WriteAnswer) {}
