/** What makes grants, and what is shown of them. */
import { GROUP_ID } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { IsAppId } from '../apps/app-body.js';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WriteAnswer } from '../http/write-answer.js';
import { IsUtcTime } from './utc-time.js';

/** Ids in one call (management model 1 rule 9). */
const MAX_IDS = 100;

const API_ID_RULE = 'must be 32 lower-case hexadecimal digits';

/** Either one app on several APIs, or one API for several apps. */
export class NewGrants {
  @ApiPropertyOptional({ description: 'With `apiIds`; of any account.', example: '110000001' })
  @Optional()
  @IsAppId()
  appId?: string;

  @ApiPropertyOptional({
    type: [String],
    minItems: 1,
    maxItems: MAX_IDS,
    description: 'Of the account.',
    example: ['a1'.repeat(16)],
  })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_IDS)
  @ArrayUnique({ message: 'must not name one twice' })
  @Matches(GROUP_ID, { each: true, message: `each ${API_ID_RULE}` })
  apiIds?: string[];

  @ApiPropertyOptional({ description: 'With `appIds`; of the account.', example: 'a1'.repeat(16) })
  @Optional()
  @Matches(GROUP_ID, { message: API_ID_RULE })
  apiId?: string;

  @ApiPropertyOptional({ type: [String], minItems: 1, maxItems: MAX_IDS, description: 'Of any account.', example: ['110000001'] })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_IDS)
  @ArrayUnique({ message: 'must not name one twice' })
  @IsAppId({ each: true })
  appIds?: string[];

  @ApiProperty({ description: 'RELEASE, PRE, TEST, or a stage that the groups of all the APIs have.', example: 'RELEASE' })
  @IsString()
  @MaxLength(64)
  stage!: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    description:
      'In the future: ISO 8601 in UTC, or RFC 1123. Left out or null: never. Setting a grant again overwrites it and the description.',
    example: '2099-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsUtcTime()
  expiresAt?: string | null;

  @ApiPropertyOptional({ maxLength: 180, default: '', example: 'ordered by the shop team' })
  @Optional()
  @IsString()
  @MaxLength(180)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;
}

export class GrantsQuery extends PageQuery {
  @ApiPropertyOptional()
  @Optional()
  @IsAppId()
  appId?: string;

  @ApiPropertyOptional()
  @Optional()
  @Matches(GROUP_ID, { message: API_ID_RULE })
  apiId?: string;

  @ApiPropertyOptional()
  @Optional()
  @Matches(/^[A-Z0-9]{2,10}$/, { message: 'must be the name of a stage' })
  stage?: string;
}

export class GrantView {
  @ApiProperty()
  id!: string;

  @ApiProperty({ example: '110000001' })
  appId!: string;

  @ApiProperty()
  apiId!: string;

  @ApiProperty({ example: 'RELEASE' })
  stage!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'Null: never. An expired grant answers A403EP.',
  })
  expiresAt!: string | null;

  @ApiProperty({ example: 'ordered by the shop team' })
  description!: string;

  @ApiProperty({ enum: ['PROVIDER'], description: 'The side that made it, and alone revokes it: the account of the API.' })
  operator!: 'PROVIDER';

  @ApiProperty({ format: 'date-time', example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;
}

class GrantItems {
  @ApiProperty({ type: [GrantView], description: 'In the order of the ids.' })
  items!: GrantView[];
}

export class GrantsAnswer extends IntersectionType(GrantItems, WriteAnswer) {}

export class GrantPage extends GrantItems {
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
