/** What deploys an API, and what is shown of deployments. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WriteAnswer } from '../http/write-answer.js';
import { VERSION } from './version-number.js';

export class NewDeployment {
  @ApiProperty({ description: 'RELEASE, PRE, TEST, or a stage of the group.', example: 'RELEASE' })
  @IsString()
  @MaxLength(64)
  stage!: string;

  @ApiPropertyOptional({ description: 'Why; kept with the version.', maxLength: 180 })
  @Optional()
  @IsString()
  @MaxLength(180)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;

  @ApiPropertyOptional({
    description: 'An earlier version of this API and stage: switches to it instead of deploying the draft.',
    example: '20260304050607089',
  })
  @Optional()
  @Matches(VERSION, { message: 'must be the 17 digits of a version' })
  version?: string;
}

export class DeployAnswer extends WriteAnswer {
  @ApiProperty({ example: 'RELEASE' })
  stage!: string;

  @ApiProperty({ example: '20260304050607089' })
  version!: string;

  @ApiProperty({ format: 'date-time' })
  deployedAt!: string;
}

export class DeploymentView {
  @ApiProperty({ example: 'RELEASE' })
  stage!: string;

  @ApiProperty({ example: '20260304050607089' })
  version!: string;

  @ApiProperty({ format: 'date-time' })
  deployedAt!: string;

  @ApiProperty({ description: 'As given when the version was made.' })
  description!: string;
}

export class DeploymentPage {
  @ApiProperty({ type: [DeploymentView] })
  items!: DeploymentView[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
