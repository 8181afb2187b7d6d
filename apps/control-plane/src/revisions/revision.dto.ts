/** States of an instance as the API shows them. */
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';

export class InstanceQuery {
  @ApiPropertyOptional({ description: 'The instance whose states they are; default: the one named `default`.', maxLength: 128 })
  @Optional()
  @IsString()
  @MaxLength(128)
  instanceId?: string;
}

export class RevisionsQuery extends IntersectionType(PageQuery, InstanceQuery) {}

class RevisionProblemView {
  @ApiProperty({ example: 'plugin:17ff4c9189004a1d87b557606b767334' })
  resource!: string;

  @ApiProperty({ example: 'routes[0].condition' })
  path!: string;

  @ApiProperty()
  message!: string;
}

export class RevisionView {
  @ApiProperty()
  instanceId!: string;

  @ApiProperty({ example: 42 })
  revision!: number;

  @ApiProperty({ description: 'Name of the token that wrote.', example: 'deploy-pipeline' })
  actor!: string;

  @ApiProperty({ example: 'api.deploy' })
  action!: string;

  @ApiProperty({ type: String, nullable: true, description: 'What it was done to; null before this was noted.', example: 'api' })
  resourceType!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '5d41402abc4b2a76b9719d911017c592' })
  resourceId!: string | null;

  @ApiProperty({ description: 'Whether a rollback to it is possible.' })
  restorable!: boolean;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ type: String, nullable: true, description: 'When it, or a later one that holds it, went to the data planes.' })
  publishedAt!: string | null;

  @ApiProperty({
    type: [RevisionProblemView],
    description: 'What did not compile and was put in quarantine; shown to the account of the instance.',
  })
  problems!: RevisionProblemView[];
}

export class RevisionPage {
  @ApiProperty({ type: [RevisionView] })
  items!: RevisionView[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
