/** Groups as the management API takes and shows them. */
import { GROUP_ID } from '@causeway/contract';
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
import { PageQuery } from '../http/page.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WriteAnswer } from '../http/write-answer.js';

const NAME = /^[a-zA-Z\u4e00-\u9fff][a-zA-Z0-9_\u4e00-\u9fff]{3,49}$/;
const NAME_RULE = 'must be 4 to 50 letters, digits or _, a letter first';
/** Whole segments of unreserved characters (RFC 3986); dot segments never get past the data plane. */
const BASE_PATH = /^(?=.{1,256}$)(?:\/|(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+)$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const HEADERS_AT_MOST = 100;
/** Requests a second. */
const TRAFFIC_LIMIT_AT_MOST = 10_000_000;
const APP_CODE_PLACES = ['header', 'query'] as const;

export class GroupNetworkBody {
  @ApiPropertyOptional({ default: true, description: 'Reachable on the public listener.' })
  @Optional()
  @IsBoolean()
  internet?: boolean;

  @ApiPropertyOptional({ default: true, description: 'Served on its generated public domain.' })
  @Optional()
  @IsBoolean()
  publicDomain?: boolean;

  @ApiPropertyOptional({ default: false, enum: [false], description: 'The VPC listener is not offered yet.' })
  @Optional()
  @IsBoolean()
  vpc?: boolean;
}

export class GroupAppCodeBody {
  @ApiPropertyOptional({ enum: APP_CODE_PLACES, description: 'With `name`.' })
  @Optional()
  @IsIn(APP_CODE_PLACES)
  in?: (typeof APP_CODE_PLACES)[number];

  @ApiPropertyOptional({
    description: 'Of the header or query parameter that holds an AppCode, instead of `X-Ca-AppCode` or `AppCode`; with `in`.',
    maxLength: 128,
    example: 'X-Api-Key',
  })
  @Optional()
  @Matches(HEADER_NAME, { message: 'must be the name of a header or query parameter, 128 characters at most' })
  name?: string;

  @ApiPropertyOptional({ default: false, description: 'Hands the AppCode on to the backend.' })
  @Optional()
  @IsBoolean()
  keepForBackend?: boolean;
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
}

export class GroupsQuery extends PageQuery {
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

export class GroupNetworkView {
  @ApiProperty()
  internet!: boolean;

  @ApiProperty()
  publicDomain!: boolean;

  @ApiProperty()
  vpc!: boolean;
}

export class GroupAppCodeView {
  @ApiProperty({ enum: APP_CODE_PLACES, nullable: true, description: 'Null: the group names no place.' })
  in!: 'header' | 'query' | null;

  @ApiProperty({ type: String, nullable: true, example: 'X-Api-Key' })
  name!: string | null;

  @ApiProperty()
  keepForBackend!: boolean;
}

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

  @ApiProperty({ example: '17ff4c9189004a1d87b557606b767334-local.apigw.localhost' })
  publicDomain!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null: the VPC listener is not offered yet.' })
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
