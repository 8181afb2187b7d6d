/** `/api/v1/plugin-types`. */
import { pluginTypes } from '@causeway/plugins';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../http/allow.js';
import { PluginTypePage, PluginTypeView } from './plugin-type.dto.js';

@ApiTags('plugins')
@Controller('api/v1/plugin-types')
export class PluginTypesController {
  @Get()
  @Allow('viewer')
  @ApiOperation({ summary: 'The types of plugins, in the order in which they run.' })
  @ApiOkResponse({ type: PluginTypePage })
  list() {
    return { items: pluginTypes.map((each): PluginTypeView => ({ ...each, runs: true })), next: null };
  }
}
