/** Tags as the management API takes and shows them. */
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { IsTagKey, IsTagValue, TAGGED, TAGS_AT_MOST, type Tagged } from './tag-rules.js';

/** One value of a query, or several. */
const asList = ({ value }: { value: unknown }): unknown => (value === undefined || Array.isArray(value) ? value : [value]);

export class TagBody {
  @ApiProperty({ description: '1 to 128 characters.', example: 'team' })
  @IsTagKey()
  key!: string;

  @ApiProperty({ description: 'At most 128 characters.', example: 'orders' })
  @IsTagValue()
  value!: string;
}

export class SetTagsBody {
  @ApiProperty({ enum: TAGGED })
  @IsIn(TAGGED)
  resourceType!: Tagged;

  @ApiProperty({ example: 'a1'.repeat(16) })
  @IsString()
  @MinLength(1)
  @MaxLength(128)
  resourceId!: string;

  @ApiProperty({
    type: [TagBody],
    minItems: 1,
    maxItems: TAGS_AT_MOST,
    description: 'A key that the resource has gets the new value.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(TAGS_AT_MOST)
  @ArrayUnique(({ key }: TagBody) => key, { message: 'must not name one key twice' })
  @ValidateNested({ each: true })
  @Type(() => TagBody)
  tags!: TagBody[];
}

export class TagsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: TAGGED })
  @Optional()
  @IsIn(TAGGED)
  resourceType?: Tagged;

  @ApiPropertyOptional()
  @Optional()
  @IsString()
  @MaxLength(128)
  resourceId?: string;

  @ApiPropertyOptional()
  @Optional()
  @IsTagKey()
  key?: string;

  @ApiPropertyOptional({ description: 'With `key`.' })
  @Optional()
  @IsTagValue()
  value?: string;
}

export class RemoveTagsQuery extends WriteQuery {
  @ApiProperty({ enum: TAGGED })
  @IsIn(TAGGED)
  resourceType!: Tagged;

  @ApiProperty()
  @IsString()
  @MinLength(1)
  @MaxLength(128)
  resourceId!: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: TAGS_AT_MOST,
    description: 'Repeated, once for each; left out: all tags of the resource.',
  })
  @Optional()
  @Transform(asList)
  @ArrayMinSize(1)
  @ArrayMaxSize(TAGS_AT_MOST)
  @IsString({ each: true })
  @MaxLength(512, { each: true })
  key?: string[];
}

export class TagView {
  @ApiProperty({ enum: TAGGED })
  resourceType!: Tagged;

  @ApiProperty({ example: 'a1'.repeat(16) })
  resourceId!: string;

  @ApiProperty({ example: 'team' })
  key!: string;

  @ApiProperty({ example: 'orders' })
  value!: string;
}

class TagList {
  @ApiProperty({ type: [TagView] })
  items!: TagView[];
}

export class TagPage extends TagList {
  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

export class WrittenTags extends IntersectionType(TagList, WriteAnswer) {}
