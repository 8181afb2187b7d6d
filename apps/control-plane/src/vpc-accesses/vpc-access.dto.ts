/** VPC accesses as the management API takes and shows them. */
import { parseAddress } from '@causeway/engine';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WriteAnswer } from '../http/write-answer.js';
import { Is, isEndpoint, isHostName } from '../instances/network-address.js';

const NAME = /^[A-Za-z0-9\u4e00-\u9fff._-]{1,128}$/;
const NAME_RULE = 'must be 1 to 128 letters, digits, ., _ or -';

/** What the data plane makes an address of, the port always said. */
function isUpstream(value: unknown): boolean {
  return isEndpoint(value) && typeof parseAddress(value) !== 'string';
}

/** A host, with or without a port. */
function isHostHeader(value: unknown): boolean {
  return typeof value === 'string' && (isHostName(value) || isEndpoint(value) || isEndpoint(`${value}:80`));
}

export class VpcAccessBody {
  @ApiProperty({ description: '1 to 128 letters, digits, `.`, `_` or `-`; unique in the account.', example: 'orders' })
  @Matches(NAME, { message: NAME_RULE })
  name!: string;

  @ApiProperty({ description: '`host:port`, an IPv6 address in brackets.', example: '10.0.0.7:8080' })
  @Is(isUpstream, 'must be host:port, without a scheme')
  address!: string;

  @ApiPropertyOptional({
    description: 'The `Host` that the upstream gets, and the name that its certificate must hold. Default: that of the address.',
    example: 'orders.internal',
  })
  @Optional()
  @Is(isHostHeader, 'must be a host, with or without a port')
  hostHeader?: string;

  @ApiPropertyOptional({ maxLength: 180 })
  @Optional()
  @IsString()
  @MaxLength(180)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;
}

export class VpcAccessesQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'The access of this name.' })
  @Optional()
  @Matches(NAME, { message: NAME_RULE })
  name?: string;
}

export class VpcAccessView {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  id!: string;

  @ApiProperty({ example: 'orders' })
  name!: string;

  @ApiProperty({ example: '10.0.0.7:8080' })
  address!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null: that of the address.' })
  hostHeader!: string | null;

  @ApiProperty()
  description!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  updatedAt!: string;
}

export class VpcAccessPage {
  @ApiProperty({ type: [VpcAccessView] })
  items!: VpcAccessView[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

export class WrittenVpcAccess extends IntersectionType(VpcAccessView, WriteAnswer) {}
