/** What deploys or takes offline many APIs of a group in one call, and what comes of each. */
import { GROUP_ID, STAGE_NAME } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  Equals,
  IsArray,
  IsIn,
  IsString,
  Matches,
  MaxLength,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { Optional } from '../http/optional.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WarningBody, WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';

/** APIs in one call (management model 1 rule 9). */
export const MAX_APIS = 100;

const ACTIONS = ['deploy', 'offline'] as const;

/** The field may stand only where `holds` of the whole body. */
function OnlyWhere(holds: (body: Partial<BatchBody>) => boolean, message: string): PropertyDecorator {
  return ValidateBy({
    name: 'onlyWhere',
    validator: {
      validate: (_, given) => holds((given?.object ?? {}) as Partial<BatchBody>),
      defaultMessage: () => message,
    },
  });
}

export class BatchBody {
  @ApiProperty({ description: 'RELEASE, PRE, TEST, or a stage of the group.', example: 'RELEASE' })
  @Matches(STAGE_NAME, { message: 'must be the name of a stage' })
  stage!: string;

  @ApiProperty({ enum: ACTIONS, description: 'Deploys the drafts as new versions, or takes what is live offline.' })
  @IsIn(ACTIONS, { message: `must be one of ${ACTIONS.join(', ')}` })
  action!: (typeof ACTIONS)[number];

  @ApiPropertyOptional({
    type: [String],
    description: `APIs of the group, at most ${MAX_APIS}, done in this order; or else \`all\`.`,
  })
  @ValidateIf(({ apiIds, all }: Partial<BatchBody>) => apiIds !== undefined || all === undefined)
  @IsArray({ message: 'must be a list of API ids, or else give all' })
  @ArrayNotEmpty({ message: 'must name at least one API' })
  @ArrayMaxSize(MAX_APIS, { message: `must name at most ${MAX_APIS} APIs` })
  @ArrayUnique({ message: 'names an API twice' })
  @Matches(GROUP_ID, { each: true, message: 'each must be 32 lower-case hexadecimal digits' })
  apiIds?: string[];

  @ApiPropertyOptional({
    enum: [true],
    description: `Every draft of the group, or everything that is live in the stage: ${MAX_APIS} in a call; go on with \`cursor\`.`,
  })
  @Optional()
  @Equals(true, { message: 'may only be true' })
  @OnlyWhere(({ apiIds }) => apiIds === undefined, 'may not stand beside apiIds')
  all?: true;

  @ApiPropertyOptional({ description: 'Why; kept with each new version.', maxLength: 180 })
  @Optional()
  @IsString()
  @MaxLength(180)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  @OnlyWhere(({ action }) => action !== 'offline', 'belongs to new versions: leave it out when you take APIs offline')
  description?: string;
}

export class BatchQuery extends WriteQuery {
  @ApiPropertyOptional({ description: 'With `all`: the `next` of the call before.' })
  @Optional()
  @IsString()
  @MaxLength(400)
  cursor?: string;
}

class BatchProblemError {
  @ApiProperty({ example: 'backend.address' })
  path!: string;

  @ApiProperty()
  message!: string;
}

class BatchProblem {
  @ApiProperty({ description: 'What the same call for this API alone would have answered.', example: 409 })
  status!: number;

  @ApiProperty({ example: 'RepeatedApi' })
  code!: string;

  @ApiProperty()
  detail!: string;

  @ApiPropertyOptional({ type: [BatchProblemError] })
  errors?: readonly BatchProblemError[];
}

export class BatchItem {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  apiId!: string;

  @ApiProperty({ enum: ['done', 'refused'] })
  status!: 'done' | 'refused';

  @ApiPropertyOptional({ description: 'What is live now, or was until now.', example: '20260304050607089' })
  version?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Only of what was deployed.' })
  deployedAt?: string;

  @ApiPropertyOptional({ type: [WarningBody], description: 'Absent when there is none.' })
  warnings?: readonly WarningBody[];

  @ApiPropertyOptional({ type: BatchProblem, description: 'Only of what was refused.' })
  problem?: BatchProblem;
}

export class BatchAnswer extends WriteAnswer {
  @ApiProperty({ type: [BatchItem], description: 'In the order of `apiIds`, or of the ids.' })
  items!: BatchItem[];

  @ApiProperty({ type: String, nullable: true, description: 'With `all`: cursor of the next call; null when all are done.' })
  next!: string | null;
}
