/** Values of datasets as the management API takes and shows them. */
import { DATASET_ITEMS_AT_MOST } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { IsUtcTime } from '../grants/utc-time.js';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WriteAnswer } from '../http/write-answer.js';

/** Items in one call (management model 1 rule 9). */
const AT_ONCE = 100;
const VALUE_AT_MOST = 1024;

export class ItemFields {
  @ApiPropertyOptional({ maxLength: 200 })
  @Optional()
  @IsString()
  @MaxLength(200)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'In the future: ISO 8601 in UTC, or RFC 1123. Left out or null: never.',
    example: '2099-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsUtcTime()
  expiresAt?: string | null;
}

export class NewItem extends ItemFields {
  @ApiProperty({
    minLength: 1,
    maxLength: VALUE_AT_MOST,
    description:
      'Of IP_WHITELIST_CIDR an address or block, kept in shortest form; of BASIC_AUTH_ACCESS `username:password`; of the others any text, which counts letter by letter.',
    example: '192.0.2.0/24',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(VALUE_AT_MOST)
  value!: string;
}

export class NewItems {
  @ApiProperty({ type: [NewItem], minItems: 1, maxItems: AT_ONCE })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(AT_ONCE)
  @ValidateNested({ each: true })
  @Type(() => NewItem)
  items!: NewItem[];
}

export class AllItems {
  @ApiProperty({ type: [NewItem], maxItems: DATASET_ITEMS_AT_MOST, description: 'All that are to be there; the others go.' })
  @IsArray()
  @ArrayMaxSize(DATASET_ITEMS_AT_MOST)
  @ValidateNested({ each: true })
  @Type(() => NewItem)
  items!: NewItem[];
}

export class ItemsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'The item of this value; not of a type whose values are secrets.' })
  @Optional()
  @IsString()
  @MinLength(1)
  @MaxLength(VALUE_AT_MOST)
  value?: string;
}

export class RemovedItems {
  @ApiProperty({ type: [String], minItems: 1, maxItems: AT_ONCE, example: ['5d41402abc4b2a76b9719d911017c592'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(AT_ONCE)
  @Matches(/^[0-9a-f]{32}$/, { each: true, message: 'each must be 32 lower-case hexadecimal digits' })
  ids!: string[];
}

export class ItemView {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  id!: string;

  @ApiProperty({ description: 'Of BASIC_AUTH_ACCESS with ****** for the password.', example: '192.0.2.0/24' })
  value!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: 'Null: never.' })
  expiresAt!: string | null;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  updatedAt!: string;
}

class ItemList {
  @ApiProperty({ type: [ItemView] })
  items!: ItemView[];
}

export class ItemPage extends ItemList {
  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

class ItemCounts {
  @ApiProperty({ example: 2 })
  added!: number;

  @ApiProperty({ description: 'Got another description or expiry.', example: 0 })
  changed!: number;

  @ApiProperty({ example: 1 })
  removed!: number;
}

export class AddedItems extends IntersectionType(ItemList, WriteAnswer) {}
export class ReplacedItems extends IntersectionType(ItemCounts, WriteAnswer) {}
export class WrittenItem extends IntersectionType(ItemView, WriteAnswer) {}
