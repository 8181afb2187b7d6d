/** What any call that changes traffic takes in its query. */
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';

export class WriteQuery {
  @ApiPropertyOptional({ enum: ['applied'], description: 'Answers when every live data plane has the change in force.' })
  @IsOptional()
  @IsIn(['applied'])
  wait?: 'applied';

  @ApiPropertyOptional({ minimum: 0, maximum: 60_000, default: 5000, description: 'How long to wait, ms.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(60_000)
  timeout: number = 5000;
}
