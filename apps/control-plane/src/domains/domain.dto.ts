/** Custom domains as the management API takes and shows them. */
import { GROUP_ID, STAGE_NAME } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsString, Matches, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { WriteAnswer } from '../http/write-answer.js';
import { Is } from '../instances/network-address.js';
import { canonicalDomain } from './domain-name.js';

const TYPES = ['internet', 'intranet'] as const;
const PATTERNS_AT_MOST = 10;

function isDomain(value: unknown): boolean {
  return typeof value === 'string' && canonicalDomain(value) !== null;
}

/** What may change later. */
export class DomainFields {
  @ApiPropertyOptional({ enum: TYPES, default: 'internet', description: '`intranet`: served on the VPC listener only.' })
  @Optional()
  @IsIn(TYPES)
  type?: (typeof TYPES)[number];

  @ApiPropertyOptional({
    description: 'The stage that the domain always leads to; left out: as `X-Ca-Stage` says.',
    example: 'TEST',
  })
  @Optional()
  @Matches(STAGE_NAME, { message: 'must be the name of a stage' })
  stage?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: PATTERNS_AT_MOST,
    description: 'Of a wildcard: at most one `{name}` in a label, which conditions read as `Host:name`.',
    example: ['{svc}.example.com'],
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(PATTERNS_AT_MOST)
  @ArrayUnique({ message: 'must not hold one twice' })
  @IsString({ each: true })
  @MaxLength(253, { each: true })
  patterns?: string[];

  @ApiPropertyOptional({
    pattern: GROUP_ID.source,
    description:
      'A certificate of the account, which TLS will serve the domain with. Stored and published; data planes serve no TLS yet.',
    example: '5d41402abc4b2a76b9719d911017c592',
  })
  @Optional()
  @Matches(GROUP_ID, { message: 'must be the id of a certificate: 32 lower-case hexadecimal digits' })
  certificateId?: string;
}

export class DomainBody extends DomainFields {
  @ApiProperty({
    description: 'A host name, also an international one, or a wildcard such as `*.example.com`.',
    example: 'api.example.com',
  })
  @Is(isDomain, 'must be a host name, or *. and one of two labels at least')
  domain!: string;

  @ApiPropertyOptional({
    default: false,
    description: 'Takes the domain from other groups of the account that have it with the same base path.',
  })
  @Optional()
  @IsBoolean()
  force?: boolean;
}

export class DomainView {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  id!: string;

  @ApiProperty({ description: 'In lower case and ASCII.', example: 'api.example.com' })
  domain!: string;

  @ApiProperty({ enum: TYPES })
  type!: 'internet' | 'intranet';

  @ApiProperty({ type: String, nullable: true })
  stage!: string | null;

  @ApiProperty({ type: [String] })
  patterns!: readonly string[];

  @ApiProperty({ type: String, nullable: true, description: 'Null: TLS does not serve it.' })
  certificateId!: string | null;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;
}

export class DomainPage {
  @ApiProperty({ type: [DomainView], description: 'By name.' })
  items!: DomainView[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

export class WrittenDomain extends IntersectionType(DomainView, WriteAnswer) {}
