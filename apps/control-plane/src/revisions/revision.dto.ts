/** States of an instance as the API shows them. */
import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { PageQuery } from '../http/page.js';

export class RevisionsQuery extends PageQuery {
  @ApiProperty({ description: 'The instance whose states are listed.' })
  @IsString()
  @MaxLength(128)
  instanceId!: string;
}

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

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ type: String, nullable: true, description: 'When it, or a later one that holds it, went to the data planes.' })
  publishedAt!: string | null;

  @ApiProperty({ type: [RevisionProblemView], description: 'What did not compile and was put in quarantine.' })
  problems!: RevisionProblemView[];
}

export class RevisionPage {
  @ApiProperty({ type: [RevisionView] })
  items!: RevisionView[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
