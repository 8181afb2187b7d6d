/** `/api/v1/plugins/:pluginId/bindings`. */
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { PageQuery } from '../http/page.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { BindBody, BindingPage, BoundAnswer } from './binding.dto.js';
import { BindingsService } from './bindings.service.js';

@ApiTags('plugins')
@Controller('api/v1/plugins/:pluginId/bindings')
export class BindingsController {
  constructor(private readonly bindings: BindingsService) {}

  @Post()
  @Allow('editor')
  @ApiOperation({ summary: 'Binds the plugin to APIs or to a group, in a stage; replaces one of the same type there.' })
  @ApiCreatedResponse({ type: BoundAnswer })
  @Refuses(400, 404, 422)
  bind(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('pluginId') pluginId: string, @Body() body: BindBody) {
    return this.bindings.bind(actor, query, pluginId, body);
  }

  @Get()
  @Allow('viewer')
  @ApiOperation({ summary: 'What the plugin is bound to.' })
  @ApiOkResponse({ type: BindingPage })
  @Refuses(400, 404)
  list(@CurrentActor() actor: Actor, @Param('pluginId') pluginId: string, @Query() query: PageQuery) {
    return this.bindings.list(actor, pluginId, query);
  }

  @Delete(':id')
  @Allow('editor')
  @ApiOperation({ summary: 'Takes the plugin away from an API or a group.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 422)
  unbind(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('pluginId') pluginId: string, @Param('id') id: string) {
    return this.bindings.unbind(actor, query, pluginId, id);
  }
}
