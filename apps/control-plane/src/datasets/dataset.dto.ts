/** Datasets as the management API takes and shows them. */
import { DATASET_TYPES, type DatasetType } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsString, Matches, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WriteAnswer } from '../http/write-answer.js';

const NAME = /^[A-Za-z0-9\u4e00-\u9fff._-]{1,128}$/;
const NAME_RULE = { message: 'must be 1 to 128 letters, digits, ., _ or -' };

export class ReplaceDatasetBody {
  @ApiProperty({ description: '1 to 128 letters, digits, `.`, `_` or `-`; unique in the account.', example: 'offices' })
  @Matches(NAME, NAME_RULE)
  name!: string;

  @ApiPropertyOptional({ maxLength: 200 })
  @Optional()
  @IsString()
  @MaxLength(200)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;

  @ApiPropertyOptional({ enum: DATASET_TYPES, description: 'May be repeated; it is fixed.' })
  @Optional()
  @IsIn(DATASET_TYPES)
  type?: DatasetType;
}

export class NewDatasetBody {
  @ApiPropertyOptional({ description: 'To keep the id of a dataset that moves here.', pattern: '^[0-9a-f]{32}$' })
  @Optional()
  @Matches(/^[0-9a-f]{32}$/, { message: 'must be 32 lower-case hexadecimal digits' })
  id?: string;

  @ApiProperty({ description: '1 to 128 letters, digits, `.`, `_` or `-`; unique in the account.', example: 'offices' })
  @Matches(NAME, NAME_RULE)
  name!: string;

  @ApiProperty({ enum: DATASET_TYPES, description: 'Says what its values are, and which plugins may name it.' })
  @IsIn(DATASET_TYPES)
  type!: DatasetType;

  @ApiPropertyOptional({ maxLength: 200 })
  @Optional()
  @IsString()
  @MaxLength(200)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;
}

export class DatasetsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'The dataset of this name.' })
  @Optional()
  @Matches(NAME, NAME_RULE)
  name?: string;

  @ApiPropertyOptional({ enum: DATASET_TYPES, description: 'Those of this type.' })
  @Optional()
  @IsIn(DATASET_TYPES)
  type?: DatasetType;
}

export class DatasetView {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  id!: string;

  @ApiProperty({ example: 'offices' })
  name!: string;

  @ApiProperty({ enum: DATASET_TYPES })
  type!: DatasetType;

  @ApiProperty()
  description!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  updatedAt!: string;
}

export class DatasetPage {
  @ApiProperty({ type: [DatasetView] })
  items!: DatasetView[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

export class WrittenDataset extends IntersectionType(DatasetView, WriteAnswer) {}
