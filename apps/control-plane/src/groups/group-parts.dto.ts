/** Parts of a group that have fields of their own, as the management API takes and shows them. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, Matches } from 'class-validator';
import { Optional } from '../http/optional.js';

export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** Also of a claim: no control characters. */
const PARAMETER_NAME = /^[^\p{Cc}\p{Cs}\p{Z}]{1,128}$/u;
const PLACES = ['header', 'query'] as const;
const NAMES_AT_MOST = 100;

export class GroupNetworkBody {
  @ApiPropertyOptional({ default: true, description: 'Reachable on the public listener.' })
  @Optional()
  @IsBoolean()
  internet?: boolean;

  @ApiPropertyOptional({ default: true, description: 'Served on its generated public domain.' })
  @Optional()
  @IsBoolean()
  publicDomain?: boolean;

  @ApiPropertyOptional({
    default: false,
    description:
      'Served on its generated VPC domain, on the VPC listener. Stored and published; data planes have no such listener yet.',
  })
  @Optional()
  @IsBoolean()
  vpc?: boolean;

  @ApiPropertyOptional({
    default: false,
    description:
      'Reachable over IPv6. Kept, and looked at when the group moves; which addresses a listener has is a setting of data planes.',
  })
  @Optional()
  @IsBoolean()
  internetIpv6?: boolean;
}

export class GroupAppCodeBody {
  @ApiPropertyOptional({ enum: PLACES, description: 'With `name`.' })
  @Optional()
  @IsIn(PLACES)
  in?: (typeof PLACES)[number];

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

/** A list of names without repetition, or `*` alone. */
function Names(what: string, pattern: RegExp, isSame: (name: unknown) => unknown): PropertyDecorator {
  const rules = [
    ApiPropertyOptional({
      type: [String],
      default: [],
      maxItems: NAMES_AT_MOST,
      description: `Names of ${what}, or \`*\` for all.`,
    }),
    Optional(),
    IsArray(),
    ArrayMaxSize(NAMES_AT_MOST),
    ArrayUnique(isSame, { message: 'must name each once' }),
    Matches(pattern, { each: true, message: `must hold names of ${what}, 128 characters at most` }),
  ];
  return (target, property) => {
    for (const rule of rules) rule(target, property);
  };
}

const lower = (name: unknown) => String(name).toLowerCase();
const exact = (name: unknown) => name;

export class GroupUserLogBody {
  @ApiPropertyOptional({ default: false, description: 'The first 1024 bytes of the request’s body.' })
  @Optional()
  @IsBoolean()
  requestBody?: boolean;

  @ApiPropertyOptional({ default: false, description: 'The first 1024 bytes of the answer’s body.' })
  @Optional()
  @IsBoolean()
  responseBody?: boolean;

  @Names('query parameters', PARAMETER_NAME, exact)
  queryString?: string[];

  @Names('request headers', HEADER_NAME, lower)
  requestHeaders?: string[];

  @Names('response headers', HEADER_NAME, lower)
  responseHeaders?: string[];

  @Names('claims', PARAMETER_NAME, exact)
  jwtClaims?: string[];
}

export class GroupCustomTraceBody {
  @ApiProperty({ enum: PLACES })
  @IsIn(PLACES)
  in!: (typeof PLACES)[number];

  @ApiProperty({ description: 'Of the header or query parameter.', maxLength: 128, example: 'X-Trace-Id' })
  @Matches(HEADER_NAME, { message: 'must be the name of a header or query parameter, 128 characters at most' })
  name!: string;
}

export class GroupNetworkView {
  @ApiProperty()
  internet!: boolean;

  @ApiProperty()
  publicDomain!: boolean;

  @ApiProperty()
  vpc!: boolean;

  @ApiProperty()
  internetIpv6!: boolean;
}

export class GroupAppCodeView {
  @ApiProperty({ enum: PLACES, nullable: true, description: 'Null: the group names no place.' })
  in!: 'header' | 'query' | null;

  @ApiProperty({ type: String, nullable: true, example: 'X-Api-Key' })
  name!: string | null;

  @ApiProperty()
  keepForBackend!: boolean;
}

export class GroupUserLogView {
  @ApiProperty()
  requestBody!: boolean;

  @ApiProperty()
  responseBody!: boolean;

  @ApiProperty({ type: [String] })
  queryString!: readonly string[];

  @ApiProperty({ type: [String] })
  requestHeaders!: readonly string[];

  @ApiProperty({ type: [String] })
  responseHeaders!: readonly string[];

  @ApiProperty({ type: [String] })
  jwtClaims!: readonly string[];
}
