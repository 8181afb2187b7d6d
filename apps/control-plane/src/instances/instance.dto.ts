/** Instances as the management API takes and shows them. */

import { REGION } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';
import { WriteAnswer } from '../http/write-answer.js';
import { AccessListBody } from './access-list.dto.js';
import type { StoredAccessList, StoredDnsEntry } from './instance.entity.js';
import { Is, isAddress, isEndpoint, isHostName } from './network-address.js';

const NAME = /^[a-zA-Z0-9\u4e00-\u9fff/._-]{1,50}$/;
const NAME_RULE = 'must be 1 to 50 letters, digits, -, /, . or _';
const HOSTS_AT_MOST = 1000;
const RECORDS_AT_MOST = 64;
/** Requests a second. */
const TRAFFIC_LIMIT_AT_MOST = 10_000_000;

export class PrivateDnsRecord {
  @ApiProperty({ description: 'A host name or an IP address.', example: '10.0.0.7' })
  @Is(isAddress, 'must be a host name or an IP address')
  address!: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 65_535, description: 'Replaces the port of the backend address.' })
  @Optional()
  @IsInt()
  @Min(1)
  @Max(65_535)
  port?: number;

  @ApiPropertyOptional({ minimum: 1, maximum: 1000, default: 1, description: 'Its share of the calls.' })
  @Optional()
  @IsInt()
  @Min(1)
  @Max(1000)
  weight?: number;
}

export class PrivateDnsHost {
  @ApiProperty({ description: 'The host of a backend address, in lower case.', example: 'backend1.example.com' })
  @Is(isHostName, 'must be a host name')
  host!: string;

  @ApiProperty({ type: [PrivateDnsRecord], minItems: 1, maxItems: RECORDS_AT_MOST })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(RECORDS_AT_MOST)
  @IsObject({ each: true, message: 'must hold objects' })
  @ValidateNested({ each: true })
  @Type(() => PrivateDnsRecord)
  records!: PrivateDnsRecord[];
}

export class InstanceBody {
  @ApiProperty({ description: '1 to 50 letters, digits, `-`, `/`, `.` or `_`; unique.', example: 'second' })
  @Matches(NAME, { message: NAME_RULE })
  name!: string;

  @ApiPropertyOptional({ description: 'Part of its generated domains, and fixed. Default: `CAUSEWAY_REGION`.', example: 'local' })
  @Optional()
  @Matches(REGION, { message: 'must be a region id such as cn-huhehaote' })
  region?: string;

  @ApiPropertyOptional({
    description: '`host:port` where siblings in the region reach its internal listener.',
    example: '10.0.0.5:8081',
  })
  @Optional()
  @Is(isEndpoint, 'must be host:port')
  internalEndpoint?: string;

  @ApiPropertyOptional({
    default: false,
    description: 'Switch "calls from API Gateway": internal domains answer only while it is on.',
  })
  @Optional()
  @IsBoolean()
  callsFromGateway?: boolean;

  @ApiPropertyOptional({
    type: [PrivateDnsHost],
    maxItems: HOSTS_AT_MOST,
    description: 'Where backend names lead, instead of DNS.',
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(HOSTS_AT_MOST)
  @IsObject({ each: true, message: 'must hold objects' })
  @ArrayUnique((entry: { host?: unknown } | null) => String(entry?.host).toLowerCase(), { message: 'must name each host once' })
  @ValidateNested({ each: true })
  @Type(() => PrivateDnsHost)
  privateDns?: PrivateDnsHost[];

  @ApiPropertyOptional({ type: AccessListBody, description: 'Which clients may come, by address family; others get A403IP.' })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => AccessListBody)
  accessList?: AccessListBody;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: TRAFFIC_LIMIT_AT_MOST,
    description: 'Requests a second of all its groups together; null or left out: no limit.',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(TRAFFIC_LIMIT_AT_MOST)
  trafficLimit?: number | null;
}

export class InstancesQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'The instance of this name.' })
  @Optional()
  @Matches(NAME, { message: NAME_RULE })
  name?: string;
}

export class InstanceView {
  @ApiProperty({ example: 'apigateway-local-5d41402abc4b' })
  id!: string;

  @ApiProperty({ example: 'second' })
  name!: string;

  @ApiProperty({ example: 'local' })
  region!: string;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Shown to the default account only.' })
  internalEndpoint?: string | null;

  @ApiProperty()
  callsFromGateway!: boolean;

  @ApiPropertyOptional({ type: [PrivateDnsHost], description: 'Shown to the default account only.' })
  privateDns?: readonly StoredDnsEntry[];

  @ApiPropertyOptional({ type: AccessListBody, description: 'Shown to the default account only.' })
  accessList?: StoredAccessList;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Requests a second; null: no limit.' })
  trafficLimit!: number | null;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  updatedAt!: string;
}

export class InstancePage {
  @ApiProperty({ type: [InstanceView] })
  items!: InstanceView[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

export class WrittenInstance extends IntersectionType(InstanceView, WriteAnswer) {}
