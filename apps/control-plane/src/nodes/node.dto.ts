/** Data planes as the API shows them. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';

const STATES = ['applied', 'partial', 'rejected', 'stale'];
const SOURCES = ['redis', 'http', 'disk'];

export class NodesQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'The nodes of this instance only.' })
  @Optional()
  @IsString()
  @MaxLength(128)
  instanceId?: string;
}

class NodeErrorView {
  @ApiProperty({ example: 'plugin:17ff4c9189004a1d87b557606b767334' })
  resource!: string;

  @ApiProperty()
  message!: string;
}

class PositionView {
  @ApiProperty({ example: 1 })
  epoch!: number;

  @ApiProperty({ example: 42 })
  revision!: number;
}

class LagView {
  @ApiProperty({ description: 'Published revisions that the node does not run yet.', example: 0 })
  revisions!: number;

  @ApiProperty({ description: 'For how long the oldest of them has been published, ms.', example: 0 })
  ms!: number;
}

export class NodeView {
  @ApiProperty({ example: 'gateway-1-0' })
  node!: string;

  @ApiProperty()
  instanceId!: string;

  @ApiProperty({ description: 'It reported within 10 s.' })
  live!: boolean;

  @ApiProperty({ enum: STATES })
  state!: string;

  @ApiProperty({ example: 1 })
  epoch!: number;

  @ApiProperty({ description: 'What it runs.', example: 42 })
  revision!: number;

  @ApiProperty({ type: PositionView, nullable: true, description: 'The newest snapshot that it refused.' })
  rejected!: PositionView | null;

  @ApiProperty({ type: LagView })
  lag!: LagView;

  @ApiProperty({ type: [NodeErrorView], description: 'What it quarantined, and why it refused.' })
  errors!: NodeErrorView[];

  @ApiProperty({ enum: SOURCES, description: 'Where it took the snapshot from.' })
  source!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  appliedAt!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  reportedAt!: string;
}

export class NodePage {
  @ApiProperty({ type: [NodeView] })
  items!: NodeView[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
