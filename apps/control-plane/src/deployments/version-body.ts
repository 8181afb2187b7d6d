/** What is asked and shown of the history of an API. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';
import { VERSION } from './version-number.js';

export class VersionsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only versions that were made for this stage.', example: 'RELEASE' })
  @Optional()
  @Matches(/^[A-Z0-9]{2,10}$/, { message: 'must be the name of a stage' })
  stage?: string;
}

export class VersionQuery {
  @ApiPropertyOptional({
    description: 'Another version, or `draft`: shows what differs from that one to this.',
    example: 'draft',
  })
  @Optional()
  @Matches(new RegExp(`${VERSION.source}|^draft$`), { message: 'must be the 17 digits of a version, or draft' })
  against?: string;
}

export class VersionView {
  @ApiProperty({ description: '17 digits: yyyyMMddHHmmssSSS in UTC.', example: '20260304050607089' })
  version!: string;

  @ApiProperty({ example: 'RELEASE' })
  stage!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty({ enum: ['ONLINE', 'OFFLINE'], description: 'ONLINE: the stage serves it now.' })
  status!: 'ONLINE' | 'OFFLINE';

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

export class VersionPage {
  @ApiProperty({ type: [VersionView], description: 'Newest first.' })
  items!: VersionView[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
