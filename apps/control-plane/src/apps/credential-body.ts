/** What makes and changes the credentials of an app, and what is shown of them. */
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { Optional } from '../http/optional.js';
import { WriteAnswer } from '../http/write-answer.js';
import { APP_CODE, APP_KEY, APP_SECRET } from './credentials.js';

/** Longest time in which two secrets of a key verify, seconds (management model 2.7 rule 4). */
const MAX_OVERLAP_SECONDS = 86_400;

function IsAppSecret(): PropertyDecorator {
  return Matches(APP_SECRET, { message: 'must have 1 to 128 characters, none of them a control character' });
}

export function IsAppCode(): PropertyDecorator {
  return Matches(APP_CODE, { message: 'must have 1 to 128 characters of A-Z a-z 0-9 . _ -' });
}

export class NewKey {
  @ApiPropertyOptional({ description: 'Unique in the deployment; 9 digits when left out.', example: 'TESTKEY' })
  @Optional()
  @Matches(APP_KEY, { message: 'must have 1 to 64 characters of A-Z a-z 0-9 . _ -' })
  key?: string;

  @ApiPropertyOptional({ description: '32 letters and digits when left out.', example: 'TESTSECRET' })
  @Optional()
  @IsAppSecret()
  secret?: string;
}

export class Rotation {
  @ApiPropertyOptional({
    minimum: 0,
    maximum: MAX_OVERLAP_SECONDS,
    default: 0,
    description: 'How long the old secret verifies too.',
  })
  @Optional()
  @IsInt()
  @Min(0)
  @Max(MAX_OVERLAP_SECONDS)
  overlapSeconds?: number;

  @ApiPropertyOptional({ description: 'The new one; 32 letters and digits when left out.' })
  @Optional()
  @IsAppSecret()
  secret?: string;
}

export class NewCode {
  @ApiPropertyOptional({ description: 'Unique in the deployment; 32 hexadecimal digits when left out.' })
  @Optional()
  @IsAppCode()
  code?: string;
}

export class KeyView {
  @ApiProperty({ example: 'TESTKEY' })
  key!: string;

  @ApiProperty({ example: '******' })
  secret!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Until then the secret before the last rotation verifies too.' })
  previousUntil?: string;
}

export class CodeView {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  id!: string;

  @ApiProperty({ example: '******' })
  code!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

export class KeyAnswer extends IntersectionType(KeyView, WriteAnswer) {}

export class CodeAnswer extends IntersectionType(CodeView, WriteAnswer) {}

export class KeyPage {
  @ApiProperty({ type: [KeyView] })
  items!: KeyView[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}

export class CodePage {
  @ApiProperty({ type: [CodeView] })
  items!: CodeView[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
