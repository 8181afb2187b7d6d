/** Groups as the management API shows them. */
import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { WriteAnswer } from '../http/write-answer.js';
import { GroupAppCodeView, GroupCustomTraceBody, GroupNetworkView, GroupUserLogView } from './group-parts.dto.js';

export class GroupView {
  @ApiProperty({ example: '17ff4c9189004a1d87b557606b767334' })
  id!: string;

  @ApiProperty({ example: 'orders' })
  name!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty({ example: '/' })
  basePath!: string;

  @ApiProperty({ example: 'apigateway-local-5d41402abc4b' })
  instanceId!: string;

  @ApiProperty({ example: 'local' })
  region!: string;

  @ApiProperty({ type: GroupNetworkView })
  network!: GroupNetworkView;

  @ApiProperty({ type: [String] })
  passthroughHeaders!: readonly string[];

  @ApiProperty({ type: GroupAppCodeView })
  appCode!: GroupAppCodeView;

  @ApiProperty()
  sse!: boolean;

  @ApiProperty()
  debug!: boolean;

  @ApiProperty()
  removeServerHeader!: boolean;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Requests a second; null: no limit.' })
  trafficLimit!: number | null;

  @ApiProperty({ type: GroupUserLogView })
  userLog!: GroupUserLogView;

  @ApiProperty({ type: GroupCustomTraceBody, nullable: true, description: 'Null: nowhere.' })
  customTrace!: GroupCustomTraceBody | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null: none.', example: 'api.example.com' })
  defaultDomain!: string | null;

  @ApiProperty({ type: [String], description: 'Empty: all.' })
  vpcIds!: readonly string[];

  @ApiProperty({ type: String, nullable: true, description: 'Kept; no effect.' })
  compatibleFlags!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Kept; no effect.' })
  rpcPattern!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Kept; no effect.' })
  rpsLimitForServerless!: number | null;

  @ApiProperty({ enum: ['NORMAL'] })
  status!: 'NORMAL';

  @ApiProperty({ example: '17ff4c9189004a1d87b557606b767334-local.apigw.localhost' })
  publicDomain!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null while `network.vpc` is off. Data planes have no VPC listener yet.',
  })
  vpcDomain!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null until it is generated, and while it is switched off.' })
  internalDomain!: string | null;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  updatedAt!: string;
}

export class GroupPage {
  @ApiProperty({ type: [GroupView] })
  items!: GroupView[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

export class WrittenGroup extends IntersectionType(GroupView, WriteAnswer) {}

export class InternalDomainView extends WriteAnswer {
  @ApiProperty({ example: '17ff4c9189004a1d87b557606b767334-local-intranet.apigw.localhost' })
  domain!: string;
}
