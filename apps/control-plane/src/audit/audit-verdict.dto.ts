/** What a walk along the audit chain found. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class ChainEnd {
  @ApiProperty({ description: 'How many events are chained up to here.', example: 1204 })
  sequence!: number;

  @ApiProperty({
    description: 'SHA-256 in hex over all events up to here. Kept elsewhere, it proves later that none was cut off.',
  })
  hash!: string;
}

class ChainBreak {
  @ApiProperty({ description: 'Place in the chain.', example: 17 })
  at!: number;

  @ApiProperty({ example: '42' })
  eventId!: string;

  @ApiProperty({ example: 'The event or a link was altered.' })
  reason!: string;
}

export class AuditVerdict {
  @ApiProperty({ description: 'No event was altered, taken out or slipped in.' })
  holds!: boolean;

  @ApiProperty({ type: ChainEnd, nullable: true, description: 'The last link that holds; null before the first event.' })
  end!: ChainEnd | null;

  @ApiPropertyOptional({ type: ChainBreak, description: 'Where it breaks; absent when it holds.' })
  broken?: ChainBreak;
}
