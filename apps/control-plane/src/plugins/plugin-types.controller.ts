/** `/api/v1/plugin-types`. */
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../http/allow.js';
import { allPluginTypes } from './all-plugin-types.js';
import { PluginTypePage } from './plugin-type.dto.js';

@ApiTags('plugins')
@Controller('api/v1/plugin-types')
export class PluginTypesController {
  @Get()
  @Allow('viewer')
  @ApiOperation({ summary: 'The types of plugins, in the order in which they run.' })
  @ApiOkResponse({ type: PluginTypePage })
  list() {
    return { items: allPluginTypes, next: null };
  }
}
