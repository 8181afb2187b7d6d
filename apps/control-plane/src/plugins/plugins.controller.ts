/** `/api/v1/plugins`. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { RevealQuery } from '../http/reveal-query.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { TaggedPageQuery } from '../tags/tag-filter.js';
import {
  CHECKED,
  CheckPluginBody,
  CreatePluginBody,
  PluginFindings,
  PluginPage,
  PluginView,
  ReplacePluginBody,
  WrittenPlugin,
} from './plugin.dto.js';
import { PluginsService } from './plugins.service.js';

@ApiTags('plugins')
@Controller('api/v1/plugins')
export class PluginsController {
  constructor(private readonly plugins: PluginsService) {}

  @Post()
  @Allow('editor')
  @ApiOperation({ summary: 'Creates a plugin. It acts where it is bound.' })
  @ApiCreatedResponse({ type: WrittenPlugin, description: 'With the configuration as it was sent.' })
  @Refuses(400, 409, 422)
  create(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Body() body: CreatePluginBody) {
    return this.plugins.create(actor, query, body);
  }

  @Post('check')
  @Allow('viewer')
  @HttpCode(200)
  @ApiOperation({ summary: 'Says what is wrong or doubtful with a configuration, and what it would do; stores nothing.' })
  @ApiBody({ type: CheckPluginBody, examples: { shadowed: { summary: 'A route that no request takes', value: CHECKED.asked } } })
  @ApiOkResponse({ type: PluginFindings })
  @Refuses(400)
  check(@CurrentActor() actor: Actor, @Body() body: CheckPluginBody) {
    return this.plugins.check(actor, body);
  }

  @Get()
  @Allow('viewer')
  @ApiOperation({ summary: 'The plugins, without their configurations.' })
  @ApiOkResponse({ type: PluginPage })
  @Refuses(400)
  list(@CurrentActor() actor: Actor, @Query() query: TaggedPageQuery) {
    return this.plugins.list(actor, query);
  }

  @Get(':id')
  @Allow('viewer')
  @ApiOperation({ summary: 'One plugin.' })
  @ApiOkResponse({ type: PluginView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') id: string, @Query() { reveal }: RevealQuery) {
    return reveal === undefined ? this.plugins.read(actor, id) : this.plugins.reveal(actor, id);
  }

  @Put(':id')
  @Allow('editor')
  @ApiOperation({ summary: 'Replaces name and configuration, in force at once wherever it is bound.' })
  @ApiOkResponse({ type: WrittenPlugin })
  @Refuses(400, 404, 409, 412, 422)
  replace(
    @CurrentActor() actor: Actor,
    @Query() query: WriteQuery,
    @Param('id') id: string,
    @IfMatch() tag: string | null,
    @Body() body: ReplacePluginBody,
  ) {
    return this.plugins.replace(actor, query, id, tag, body);
  }

  @Delete(':id')
  @Allow('editor')
  @ApiOperation({ summary: 'Deletes a plugin that is bound nowhere.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 409, 412)
  remove(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('id') id: string, @IfMatch() tag: string | null) {
    return this.plugins.remove(actor, query, id, tag);
  }
}
