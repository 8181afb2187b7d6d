/** What the binding endpoints take and give. */
import { GROUP_ID, STAGE_NAME } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, Matches, ValidateBy, ValidateIf } from 'class-validator';
import { WriteAnswer } from '../http/write-answer.js';

/** APIs in one call (plugins, section 2 rule 1). */
const MAX_APIS = 100;
const ID_RULE = 'must be 32 lower-case hexadecimal digits';

/** Exactly one of `apiIds` and `groupId`; with neither, both are said to be wrong. */
const isForApis = ({ apiIds, groupId }: Partial<BindBody>) => apiIds !== undefined || groupId === undefined;
const isForGroup = ({ apiIds, groupId }: Partial<BindBody>) => groupId !== undefined || apiIds === undefined;

function IsAlone(): PropertyDecorator {
  return ValidateBy({
    name: 'isAlone',
    validator: {
      validate: (_, given) => (given?.object as Partial<BindBody> | undefined)?.apiIds === undefined,
      defaultMessage: () => 'may not stand beside apiIds: bind in two calls',
    },
  });
}

export class BindBody {
  @ApiPropertyOptional({ type: [String], description: 'APIs to bind to, at most 100; or else `groupId`.' })
  @ValidateIf(isForApis)
  @IsArray({ message: 'must be a list of API ids, or else give groupId' })
  @ArrayNotEmpty({ message: 'must name at least one API' })
  @ArrayMaxSize(MAX_APIS, { message: `must name at most ${MAX_APIS} APIs` })
  @ArrayUnique({ message: 'names an API twice' })
  @Matches(GROUP_ID, { each: true, message: `each ${ID_RULE}` })
  apiIds?: string[];

  @ApiPropertyOptional({ description: 'A group: covers every API of it in the stage, now and later.' })
  @ValidateIf(isForGroup)
  @Matches(GROUP_ID, { message: `${ID_RULE}, or else give apiIds` })
  @IsAlone()
  groupId?: string;

  @ApiProperty({ description: 'RELEASE, PRE, TEST, or a stage that the groups of all the APIs have.', example: 'RELEASE' })
  @Matches(STAGE_NAME, { message: 'must be the name of a stage' })
  stage!: string;
}

export class BindingView {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  id!: string;

  @ApiPropertyOptional({ description: 'Either this or `groupId`.' })
  apiId?: string;

  @ApiPropertyOptional()
  groupId?: string;

  @ApiProperty({ example: 'RELEASE' })
  stage!: string;
}

class BindingList {
  @ApiProperty({ type: [BindingView] })
  items!: BindingView[];
}

export class BoundAnswer extends IntersectionType(BindingList, WriteAnswer) {}

export class BindingPage extends BindingList {
  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}
