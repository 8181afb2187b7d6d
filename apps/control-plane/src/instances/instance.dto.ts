/** Instances as the management API takes and shows them. */
import { HTTPS_POLICIES, REGION } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Optional } from '../http/optional.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WriteAnswer } from '../http/write-answer.js';
import { TaggedPageQuery } from '../tags/tag-filter.js';
import { AccessListBody } from './access-list.dto.js';
import { canonicalBlock } from './address-block.js';
import { DEFAULT_HTTPS_POLICY, type HttpsPolicy, type StoredAccessList, type StoredDnsEntry } from './instance.entity.js';
import { Is, isEndpoint } from './network-address.js';
import { PrivateDnsHost } from './private-dns.dto.js';

const NAME = /^[a-zA-Z0-9\u4e00-\u9fff/._-]{1,50}$/;
const NAME_RULE = 'must be 1 to 50 letters, digits, -, /, . or _';
const HOSTS_AT_MOST = 1000;
/** Requests a second. */
const TRAFFIC_LIMIT_AT_MOST = 10_000_000;

const SEGMENTS_AT_MOST = 100;
const SPEC = /^[A-Za-z0-9._-]{1,64}$/;
const TIME_OF_DAY = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]Z$/;

export class MaintenanceBody {
  @ApiProperty({ example: '02:00Z' })
  @Matches(TIME_OF_DAY, { message: 'must be a time of day in UTC such as 02:00Z' })
  start!: string;

  @ApiProperty({ example: '06:00Z' })
  @Matches(TIME_OF_DAY, { message: 'must be a time of day in UTC such as 06:00Z' })
  end!: string;
}

export class InstanceBody {
  @ApiProperty({ description: '1 to 50 letters, digits, `-`, `/`, `.` or `_`; unique.', example: 'second' })
  @Matches(NAME, { message: NAME_RULE })
  name!: string;

  @ApiPropertyOptional({ maxLength: 180 })
  @Optional()
  @IsString()
  @MaxLength(180)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;

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

  @ApiPropertyOptional({
    enum: HTTPS_POLICIES,
    default: DEFAULT_HTTPS_POLICY,
    description:
      'HTTP version and least TLS version of its public listener, for all its groups. Stored and published; data planes serve no TLS yet.',
  })
  @Optional()
  @IsIn(HTTPS_POLICIES)
  httpsPolicy?: HttpsPolicy;

  @ApiPropertyOptional({
    default: false,
    description:
      'Reachable over IPv6. Kept, and looked at when a group moves; which addresses a listener has is a setting of data planes.',
  })
  @Optional()
  @IsBoolean()
  ipv6?: boolean;

  @ApiPropertyOptional({
    default: false,
    description: 'Calls backends over IPv6. Kept; no effect: names resolve as the system says.',
  })
  @Optional()
  @IsBoolean()
  egressIpv6?: boolean;

  @ApiPropertyOptional({ description: 'Size of the instance where it was bought. Kept; no effect.', example: 'api.s1.small' })
  @Optional()
  @Matches(SPEC, { message: 'must be 1 to 64 letters, digits, ., _ or -' })
  spec?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: SEGMENTS_AT_MOST,
    description: 'Blocks of the private network. Kept; no effect.',
    example: ['10.0.0.0/8'],
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(SEGMENTS_AT_MOST)
  @Is(areBlocks, 'must hold addresses or blocks such as 10.0.0.0/8')
  intranetSegments?: string[];

  @ApiPropertyOptional({ type: MaintenanceBody, description: 'When it is maintained. Kept; no effect.' })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => MaintenanceBody)
  maintenance?: MaintenanceBody;
}

function areBlocks(value: unknown): boolean {
  const isBlock = (text: unknown) =>
    typeof text === 'string' && (canonicalBlock(text, 'ipv4') ?? canonicalBlock(text, 'ipv6')) !== null;
  return Array.isArray(value) && value.every(isBlock);
}

export class InstancesQuery extends TaggedPageQuery {
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

  @ApiProperty()
  description!: string;

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

  @ApiProperty({ enum: HTTPS_POLICIES })
  httpsPolicy!: HttpsPolicy;

  @ApiProperty()
  ipv6!: boolean;

  @ApiProperty()
  egressIpv6!: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'Kept; no effect.', example: 'api.s1.small' })
  spec!: string | null;

  @ApiPropertyOptional({ type: [String], description: 'Kept; no effect. Shown to the default account only.' })
  intranetSegments?: readonly string[];

  @ApiPropertyOptional({
    type: MaintenanceBody,
    nullable: true,
    description: 'Kept; no effect. Shown to the default account only.',
  })
  maintenance?: MaintenanceBody | null;

  @ApiProperty({ enum: ['RUNNING'] })
  status!: 'RUNNING';

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
