/** Models as the management API takes and shows them. */
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsObject, IsString, Matches, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WriteAnswer } from '../http/write-answer.js';

const NAME = /^[^\p{Cc}\p{Cs}\p{Z}](?:[^\p{Cc}\p{Cs}]{0,48}[^\p{Cc}\p{Cs}\p{Z}])$/u;
const NAME_RULE = { message: 'must have 2 to 50 printable characters, no space at either end' };
const ID = /^[0-9a-f]{32}$/;
const ID_RULE = { message: 'must be 32 lower-case hexadecimal digits' };
const EXAMPLE = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] };

export class ModelFields {
  @ApiProperty({ description: '2 to 50 characters; unique in the group.', example: 'Order' })
  @Matches(NAME, NAME_RULE)
  name!: string;

  @ApiPropertyOptional({ maxLength: 200 })
  @Optional()
  @IsString()
  @MaxLength(200)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'JSON Schema, draft 4, of type object. A `$ref` leads into the schema itself, or is the `modelRef` of another model.',
    example: EXAMPLE,
  })
  @IsObject({ message: 'must be an object' })
  schema!: Record<string, unknown>;
}

export class NewModel extends ModelFields {
  @ApiPropertyOptional({ description: 'To keep the id of a model that moves here.', pattern: ID.source })
  @Optional()
  @Matches(ID, ID_RULE)
  id?: string;
}

export class ModelsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'The model of this name.' })
  @Optional()
  @Matches(NAME, NAME_RULE)
  name?: string;

  @ApiPropertyOptional({ description: 'The model of this `modelRef`.' })
  @Optional()
  @IsString()
  @MaxLength(128)
  modelRef?: string;
}

export class ModelView {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  id!: string;

  @ApiProperty({ example: 'a1'.repeat(16) })
  groupId!: string;

  @ApiProperty({ example: 'Order' })
  name!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: EXAMPLE })
  schema!: object;

  @ApiProperty({ example: `https://apigateway.aliyun.com/models/${'a1'.repeat(16)}/5d41402abc4b2a76b9719d911017c592` })
  modelRef!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  updatedAt!: string;
}

export class ModelPage {
  @ApiProperty({ type: [ModelView] })
  items!: ModelView[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

export class WrittenModel extends IntersectionType(ModelView, WriteAnswer) {}
