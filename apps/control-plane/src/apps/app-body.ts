/** What makes and changes an app, and what is shown of it. */
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsBoolean, IsString, Matches, MaxLength, ValidateBy } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WriteAnswer } from '../http/write-answer.js';
import { TaggedPageQuery } from '../tags/tag-filter.js';
import { isAppId } from './app-id.js';
import { CodeView, IsAppCode, KeyView, NewKey } from './credential-body.js';

const NAME = /^[A-Za-z\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]{3,25}$/;
const NAME_RULE = 'must have 4 to 26 letters, digits and _, and start with a letter';

/** It goes into a header. */
const ONE_LINE = /^[^\p{Cc}\p{Cs}]*$/u;

export function IsAppId(options?: { each: boolean }): PropertyDecorator {
  const defaultMessage = () => 'must be a decimal number as text, from 1 to 9007199254740991';
  const validate = (value: unknown) => typeof value === 'string' && isAppId(value);
  return ValidateBy({ name: 'isAppId', validator: { validate, defaultMessage } }, options);
}

/** What an edit may change. */
export class AppFields {
  @ApiProperty({ example: 'test_app', description: '4 to 26 letters, digits and _; unique in the account.' })
  @Matches(NAME, { message: NAME_RULE })
  name!: string;

  @ApiPropertyOptional({ maxLength: 180, default: '' })
  @Optional()
  @IsString()
  @MaxLength(180)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;

  @ApiPropertyOptional({ maxLength: 1024, default: '', description: 'Sent to backends that ask for CaAppExtendInfo.' })
  @Optional()
  @IsString()
  @MaxLength(1024)
  @Matches(ONE_LINE, { message: PLAIN_TEXT_RULE })
  extend?: string;

  @ApiPropertyOptional({ default: false, description: 'Its credentials then count as unknown.' })
  @Optional()
  @IsBoolean()
  disabled?: boolean;
}

export class NewApp extends IntersectionType(AppFields, NewKey) {
  @ApiPropertyOptional({ description: 'Unique in the deployment; 32 hexadecimal digits when left out.' })
  @Optional()
  @IsAppCode()
  appCode?: string;

  @ApiPropertyOptional({ description: 'Kept from elsewhere; random when left out.', example: '110000001' })
  @Optional()
  @IsAppId()
  id?: string;
}

export class AppsQuery extends TaggedPageQuery {
  @ApiPropertyOptional({ description: 'Only the app of this name.' })
  @Optional()
  @IsString()
  @MaxLength(26)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  name?: string;
}

export class AppView {
  @ApiProperty({ example: '110000001' })
  id!: string;

  @ApiProperty({ example: 'test_app' })
  name!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty()
  extend!: string;

  @ApiProperty()
  disabled!: boolean;

  @ApiProperty({ type: [KeyView], description: 'Oldest first.' })
  keys!: KeyView[];

  @ApiProperty({ type: [CodeView], description: 'Oldest first.' })
  appCodes!: CodeView[];

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

export class AppAnswer extends IntersectionType(AppView, WriteAnswer) {}

export class NewAppAnswer extends AppAnswer {
  @ApiProperty({ description: 'The key of the pair that the creation made.', example: 'TESTKEY' })
  key!: string;

  @ApiProperty({ description: 'Shown here once; later only with `reveal=secrets`.', example: 'TESTSECRET' })
  secret!: string;

  @ApiProperty({ description: 'Shown here once; later only with `reveal=secrets`.', example: '0f343b0931126a20f133d67c2b018a3b' })
  appCode!: string;
}

export class AppPage {
  @ApiProperty({ type: [AppView] })
  items!: AppView[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
