/** Stages as the management API takes and shows them. */
import { STAGE_NAME } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WriteAnswer } from '../http/write-answer.js';
import { variablesSchema } from './variables-body.js';

export class StageBody {
  @ApiProperty({ pattern: STAGE_NAME.source, description: 'Not the name of a built-in stage; fixed.', example: 'GRAY' })
  @Matches(STAGE_NAME, { message: 'must be 2 to 10 upper-case letters and digits' })
  name!: string;

  @ApiProperty({ minLength: 1, maxLength: 50, description: 'For people.', example: 'Gray release' })
  @IsString()
  @MinLength(1)
  @MaxLength(50)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  alias!: string;

  @ApiPropertyOptional({ maxLength: 200 })
  @Optional()
  @IsString()
  @MaxLength(200)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;
}

export class StageView {
  @ApiProperty({ example: 'GRAY' })
  name!: string;

  @ApiProperty({ example: 'Gray release' })
  alias!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty({ enum: ['SYSTEM', 'CUSTOM'], description: '`SYSTEM`: every group has it, and it stays.' })
  type!: 'SYSTEM' | 'CUSTOM';
}

export class StagePage {
  @ApiProperty({ type: [StageView], description: 'By name.' })
  items!: StageView[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

export class WrittenStage extends IntersectionType(StageView, WriteAnswer) {}

export class WrittenVariables extends WriteAnswer {
  @ApiProperty({ ...variablesSchema })
  variables!: Record<string, string>;
}
