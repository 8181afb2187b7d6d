/** Groups as the management API takes them. */
import { GROUP_ID } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
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
import { canonicalDomain, isWildcard } from '../domains/domain-name.js';
import { Optional } from '../http/optional.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { Is } from '../instances/network-address.js';
import { TaggedPageQuery } from '../tags/tag-filter.js';
import { GroupAppCodeBody, GroupCustomTraceBody, GroupNetworkBody, GroupUserLogBody, HEADER_NAME } from './group-parts.dto.js';

const NAME = /^[a-zA-Z\u4e00-\u9fff][a-zA-Z0-9_\u4e00-\u9fff]{3,49}$/;
const NAME_RULE = 'must be 4 to 50 letters, digits or _, a letter first';
/** Whole segments of unreserved characters (RFC 3986); dot segments never get past the data plane. */
const BASE_PATH = /^(?=.{1,256}$)(?:\/|(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+)$/;
const HEADERS_AT_MOST = 100;
const VPCS_AT_MOST = 100;
const VPC_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** Requests a second. */
const TRAFFIC_LIMIT_AT_MOST = 10_000_000;

const KEPT_TEXT = /^[^\p{Cc}\p{Cs}]{1,256}$/u;
const KEPT_TEXT_RULE = 'must be 1 to 256 characters, no control characters';

function isExactDomain(value: unknown): boolean {
  return typeof value === 'string' && !isWildcard(value) && canonicalDomain(value) !== null;
}

export class GroupBody {
  @ApiPropertyOptional({
    description: '32 lower-case hexadecimal digits; fixed. Bring one to keep domain names.',
    pattern: GROUP_ID.source,
  })
  @Optional()
  @Matches(GROUP_ID, { message: 'must be 32 lower-case hexadecimal digits' })
  id?: string;

  @ApiProperty({ description: '4 to 50 letters, digits or `_`, a letter first; unique in the account.', example: 'orders' })
  @Matches(NAME, { message: NAME_RULE })
  name!: string;

  @ApiPropertyOptional({ maxLength: 180 })
  @Optional()
  @IsString()
  @MaxLength(180)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;

  @ApiPropertyOptional({ default: '/', description: 'Stands before the path of each API.', example: '/orders' })
  @Optional()
  @Matches(BASE_PATH, {
    message: 'must be / or segments of letters, digits, -, ., _ and ~ such as /orders/v1, 256 characters at most',
  })
  basePath?: string;

  @ApiPropertyOptional({ description: 'Default: the instance named default. Changed by a migration.' })
  @Optional()
  @IsString()
  @MaxLength(128)
  instanceId?: string;

  @ApiPropertyOptional({ type: GroupNetworkBody })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => GroupNetworkBody)
  network?: GroupNetworkBody;

  @ApiPropertyOptional({
    type: [String],
    maxItems: HEADERS_AT_MOST,
    description: 'Client headers that reach the backend in mode MAPPING too; `host` keeps the client’s Host.',
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(HEADERS_AT_MOST)
  @ArrayUnique((name: unknown) => String(name).toLowerCase(), { message: 'must name each header once' })
  @Matches(HEADER_NAME, { each: true, message: 'must hold names of headers' })
  passthroughHeaders?: string[];

  @ApiPropertyOptional({ type: GroupAppCodeBody, description: 'Where AppCodes come, for APIs whose `appCode` is DEFAULT.' })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => GroupAppCodeBody)
  appCode?: GroupAppCodeBody;

  @ApiPropertyOptional({ default: false, description: 'Server-sent events: a backend timeout is the time between two pieces.' })
  @Optional()
  @IsBoolean()
  sse?: boolean;

  @ApiPropertyOptional({ default: false, description: 'Answers `X-Ca-Request-Mode: debug` with what was done.' })
  @Optional()
  @IsBoolean()
  debug?: boolean;

  @ApiPropertyOptional({ default: false, description: 'Drops the `Server` header of backends.' })
  @Optional()
  @IsBoolean()
  removeServerHeader?: boolean;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: TRAFFIC_LIMIT_AT_MOST,
    description: 'Requests a second of all its APIs together; null or left out: no limit.',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(TRAFFIC_LIMIT_AT_MOST)
  trafficLimit?: number | null;

  @ApiPropertyOptional({
    type: GroupUserLogBody,
    description:
      'What access logs record of its requests beyond what each line says; nothing unless said. What a plugin logMask masks stays masked.',
  })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => GroupUserLogBody)
  userLog?: GroupUserLogBody;

  @ApiPropertyOptional({
    type: GroupCustomTraceBody,
    description: 'Where clients say what stands in access logs as `customTraceId`. Left out: nowhere.',
  })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => GroupCustomTraceBody)
  customTrace?: GroupCustomTraceBody;

  @ApiPropertyOptional({
    description:
      'The domain of the group whose certificate TLS clients get that name no host. Stored and published; data planes serve no TLS yet.',
    example: 'api.example.com',
  })
  @Optional()
  @Is(isExactDomain, 'must be a host name, and no wildcard')
  defaultDomain?: string;

  @ApiPropertyOptional({
    type: [String],
    default: [],
    maxItems: VPCS_AT_MOST,
    description:
      'VPCs that may call on the VPC listener (others get A403VN); empty: all. Stored and published; data planes have no such listener yet.',
    example: ['vpc-1'],
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(VPCS_AT_MOST)
  @ArrayUnique({ message: 'must name each VPC once' })
  @Matches(VPC_ID, { each: true, message: 'must hold labels of VPCs: 1 to 64 letters, digits, ., _ or -' })
  vpcIds?: string[];

  @ApiPropertyOptional({ maxLength: 256, description: 'Kept; no effect.' })
  @Optional()
  @Matches(KEPT_TEXT, { message: KEPT_TEXT_RULE })
  compatibleFlags?: string;

  @ApiPropertyOptional({ maxLength: 256, description: 'Kept; no effect.' })
  @Optional()
  @Matches(KEPT_TEXT, { message: KEPT_TEXT_RULE })
  rpcPattern?: string;

  @ApiPropertyOptional({ minimum: 0, maximum: TRAFFIC_LIMIT_AT_MOST, description: 'Kept; no effect.' })
  @Optional()
  @IsInt()
  @Min(0)
  @Max(TRAFFIC_LIMIT_AT_MOST)
  rpsLimitForServerless?: number;
}

export class GroupsQuery extends TaggedPageQuery {
  @ApiPropertyOptional({ description: 'The group of this name.' })
  @Optional()
  @Matches(NAME, { message: NAME_RULE })
  name?: string;

  @ApiPropertyOptional({ description: 'Groups on this instance.' })
  @Optional()
  @IsString()
  @MaxLength(128)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  instanceId?: string;
}

export class MigrationBody {
  @ApiProperty({ description: 'Where the group goes: another instance of its region.', example: 'apigateway-local-5d41402abc4b' })
  @IsString()
  @MaxLength(128)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  instanceId!: string;
}
