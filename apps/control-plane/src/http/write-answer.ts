/** What any write's answer may carry besides its own fields, for the reference. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { WriteOutcome } from './writes.js';

export class WarningBody {
  @ApiProperty({ description: 'A name for programs.', example: 'RoutingCycle' })
  code!: string;

  @ApiProperty({ description: 'What is doubtful, though the write stands.' })
  message!: string;

  @ApiPropertyOptional({ description: 'The field that gives cause.' })
  path?: string;
}

class AppliedNode {
  @ApiProperty({ example: 'gateway-1-0' })
  node!: string;

  @ApiProperty({ enum: ['applied', 'partial', 'rejected', 'stale'] })
  state!: string;

  @ApiProperty({ description: 'What the node runs.', example: 12 })
  revision!: number;
}

class AppliedBody {
  @ApiProperty({ example: 12 })
  revision!: number;

  @ApiProperty({ type: [AppliedNode], description: 'Every live node; empty where none lives.' })
  nodes!: AppliedNode[];

  @ApiPropertyOptional({ enum: [true], description: 'The time was up before all nodes had it; the write stands.' })
  timedOut?: true;
}

export class WriteAnswer implements WriteOutcome {
  @ApiPropertyOptional({ description: 'The revision that the write made; absent when it changed no traffic.', example: 12 })
  revision?: number;

  @ApiPropertyOptional({ type: [WarningBody], description: 'Absent when there is none.' })
  warnings?: WarningBody[];

  @ApiPropertyOptional({ type: AppliedBody, description: 'Only with `wait=applied`.' })
  applied?: AppliedBody;
}
