/** Management tokens as the API takes and shows them. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsString, Matches, MaxLength } from 'class-validator';
import { DISPLAY_NAME, DISPLAY_NAME_RULE } from '../accounts/display-name.js';
import { ROLES, type Role } from '../http/allow.js';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';

const UTC = /Z$/;

export class CreateToken {
  @ApiProperty({ description: '1 to 64 printable characters; shows in the audit log.', example: 'deploy-pipeline' })
  @Matches(DISPLAY_NAME, { message: DISPLAY_NAME_RULE })
  name!: string;

  @ApiProperty({ enum: ROLES, description: 'Each may all that those before it may.' })
  @IsIn(ROLES)
  role!: Role;

  @ApiPropertyOptional({ description: 'Another account than one’s own: for admins of the default account.' })
  @Optional()
  @IsString()
  @MaxLength(64)
  accountId?: string;

  @ApiPropertyOptional({ description: 'UTC; in the future. Never, when left out.', example: '2030-01-01T00:00:00Z' })
  @Optional()
  @IsISO8601({ strict: true, strictSeparator: true })
  @Matches(UTC, { message: 'must be in UTC, such as 2030-01-01T00:00:00Z' })
  expiresAt?: string;
}

export class TokensQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Another account than one’s own: for admins of the default account.' })
  @Optional()
  @IsString()
  @MaxLength(64)
  accountId?: string;
}

export class TokenView {
  @ApiProperty({ example: '7d793037a0760186574b0282f2f435e7' })
  id!: string;

  @ApiProperty({ example: 'deploy-pipeline' })
  name!: string;

  @ApiProperty({ enum: ROLES })
  role!: Role;

  @ApiProperty()
  accountId!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null: it does not expire.' })
  expiresAt!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'To the minute.' })
  lastUsedAt!: string | null;
}

export class NewToken extends TokenView {
  @ApiProperty({ description: 'Shown this once.', example: 'cwt_Ya0wFCBnO0BcWz2QkIzPqQ8Hn3o2lTjHzYw4tq1tSxk' })
  token!: string;
}

export class TokenPage {
  @ApiProperty({ type: [TokenView] })
  items!: TokenView[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}
