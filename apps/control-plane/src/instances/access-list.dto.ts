/** Which clients an instance serves, by address family, as its operator writes it (management model 2.14). */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsObject, ValidateBy, ValidateNested } from 'class-validator';
import { Optional } from '../http/optional.js';
import { canonicalBlock, type Family } from './address-block.js';
import type { StoredAccessList } from './instance.entity.js';

const MODES = ['allow', 'deny'] as const;
const BLOCKS_AT_MOST = 1000;

function AreBlocks(family: Family): PropertyDecorator {
  const isBlock = (each: unknown) => typeof each === 'string' && canonicalBlock(each, family) !== null;
  return ValidateBy({
    name: 'areBlocks',
    validator: {
      validate: (blocks) => Array.isArray(blocks) && blocks.every(isBlock),
      defaultMessage: (given) => {
        const wrong = Array.isArray(given?.value) ? given.value.findIndex((each) => !isBlock(each)) : -1;
        const rule = `each must be an ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address or a block such as ${EXAMPLES[family]}`;
        return wrong === -1 ? rule : `${rule}; number ${wrong} is not`;
      },
    },
  });
}

const EXAMPLES = { ipv4: '10.0.0.0/8', ipv6: '2001:db8::/32' } as const;

class Ipv4AccessList {
  @ApiProperty({ enum: MODES, description: '`allow`: only clients in the blocks. `deny`: all but those.' })
  @IsIn(MODES)
  mode!: 'allow' | 'deny';

  @ApiProperty({ type: [String], minItems: 1, maxItems: BLOCKS_AT_MOST, example: ['10.0.0.0/8'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(BLOCKS_AT_MOST)
  @AreBlocks('ipv4')
  blocks!: string[];
}

class Ipv6AccessList {
  @ApiProperty({ enum: MODES, description: '`allow`: only clients in the blocks. `deny`: all but those.' })
  @IsIn(MODES)
  mode!: 'allow' | 'deny';

  @ApiProperty({ type: [String], minItems: 1, maxItems: BLOCKS_AT_MOST, example: ['2001:db8::/32'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(BLOCKS_AT_MOST)
  @AreBlocks('ipv6')
  blocks!: string[];
}

export class AccessListBody {
  @ApiPropertyOptional({ type: Ipv4AccessList, description: 'Left out: every client with an IPv4 address may come.' })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => Ipv4AccessList)
  ipv4?: Ipv4AccessList;

  @ApiPropertyOptional({ type: Ipv6AccessList, description: 'Left out: every client with an IPv6 address may come.' })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => Ipv6AccessList)
  ipv6?: Ipv6AccessList;
}

/** Each block once, in its canonical form. */
export function storedAccessList({ ipv4, ipv6 }: AccessListBody): StoredAccessList {
  return { ...(ipv4 !== undefined && { ipv4: stored('ipv4', ipv4) }), ...(ipv6 !== undefined && { ipv6: stored('ipv6', ipv6) }) };
}

function stored(family: Family, { mode, blocks }: Ipv4AccessList | Ipv6AccessList) {
  return { mode, blocks: [...new Set(blocks.map((block) => canonicalBlock(block, family) ?? block))] };
}
