/** A type of plugins as the reference shows it. */
import { PLUGIN_TYPES } from '@causeway/contract';
import { ApiProperty } from '@nestjs/swagger';

export class PluginTypeView {
  @ApiProperty({ enum: PLUGIN_TYPES })
  type!: string;

  @ApiProperty({ description: 'Whether data planes of this version act on it: true of every type.' })
  runs!: boolean;

  @ApiProperty()
  description!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'JSON Schema of its configuration.' })
  jsonSchema!: Record<string, unknown>;

  @ApiProperty({ description: 'A configuration in YAML.' })
  example!: string;
}

export class PluginTypePage {
  @ApiProperty({ type: [PluginTypeView] })
  items!: PluginTypeView[];

  @ApiProperty({ type: String, nullable: true, description: 'Always null: they stand on one page.' })
  next!: null;
}
