/** Filters of the list of APIs. */
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { TaggedPageQuery } from '../tags/tag-filter.js';

export class ApisQuery extends TaggedPageQuery {
  @ApiPropertyOptional({ description: 'Only the API of this name.' })
  @Optional()
  @IsString()
  @MaxLength(50)
  name?: string;
}
