/** The body of every error (RFC 9457). */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class ProblemError {
  @ApiProperty({ description: 'The field, such as `routes[0].condition`; empty for the whole.', example: 'name' })
  path!: string;

  @ApiProperty({ description: 'The rule that it breaks.', example: 'is required' })
  message!: string;
}

export class ProblemBody {
  @ApiProperty({ example: 'about:blank' })
  type!: string;

  @ApiProperty({ example: 'Unprocessable Entity' })
  title!: string;

  @ApiProperty({ example: 422 })
  status!: number;

  @ApiProperty({ description: 'What went wrong and what to do.', example: 'The plugin configuration is refused.' })
  detail!: string;

  @ApiProperty({ description: 'A name for programs.', example: 'InvalidPluginData' })
  code!: string;

  @ApiProperty({
    description: 'Also in the header X-Request-Id and in the log.',
    example: '7d0e2c0e-6d3a-4c1e-9f0c-0d6f4f4b1a11',
  })
  requestId!: string;

  @ApiPropertyOptional({ type: [ProblemError], description: 'All complaints at once.' })
  errors?: ProblemError[];
}
