/** Private names of an instance as the management API takes and shows them. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsObject, Max, Min, ValidateNested } from 'class-validator';
import { Optional } from '../http/optional.js';
import { Is, isAddress, isHostName } from './network-address.js';

const RECORDS_AT_MOST = 64;

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
