/** The audit log as the API shows it. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';

export class AuditEventsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Another account than one’s own: for admins of the default account.' })
  @Optional()
  @IsString()
  @MaxLength(64)
  accountId?: string;

  @ApiPropertyOptional({ description: 'Events of this kind of resource only.', example: 'plugin' })
  @Optional()
  @IsString()
  @MaxLength(64)
  resourceType?: string;

  @ApiPropertyOptional({ description: 'Events of this resource only.' })
  @Optional()
  @IsString()
  @MaxLength(128)
  resourceId?: string;
}

class AuditRevisionView {
  @ApiProperty()
  instanceId!: string;

  @ApiProperty({ example: 42 })
  revision!: number;
}

export class AuditEventView {
  @ApiProperty({ description: 'Rises with time.', example: '17' })
  id!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  at!: string;

  @ApiProperty()
  accountId!: string;

  @ApiProperty({ description: 'The token that acted.' })
  tokenId!: string;

  @ApiProperty({ example: 'deploy-pipeline' })
  tokenName!: string;

  @ApiProperty({ description: 'As in the answer’s X-Request-Id.' })
  requestId!: string;

  @ApiProperty({ example: 'plugin.update' })
  action!: string;

  @ApiProperty({ example: 'plugin' })
  resourceType!: string;

  @ApiProperty()
  resourceId!: string;

  @ApiProperty({ type: Object, description: 'What changed, without any secret.' })
  details!: Record<string, unknown>;

  @ApiProperty({ type: [AuditRevisionView], description: 'The states that the change made; empty when it changed no traffic.' })
  revisions!: AuditRevisionView[];
}

export class AuditEventPage {
  @ApiProperty({ type: [AuditEventView] })
  items!: AuditEventView[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
