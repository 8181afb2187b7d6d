/** Asks to see the secrets of a single resource. */
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

export class RevealQuery {
  @ApiPropertyOptional({ enum: ['secrets'], description: 'Shows secrets to editors and admins; each such read is audited.' })
  @IsOptional()
  @IsIn(['secrets'])
  reveal?: 'secrets';
}
