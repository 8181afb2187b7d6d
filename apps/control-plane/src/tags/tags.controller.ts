/** `/api/v1/tags`. */
import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { RemoveTagsQuery, SetTagsBody, TagPage, TagsQuery, WrittenTags } from './tag.dto.js';
import { TagsService } from './tags.service.js';

@ApiTags('tags')
@Controller('api/v1/tags')
export class TagsController {
  constructor(private readonly tags: TagsService) {}

  @Allow('editor')
  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sets tags on a resource, and answers all that it has; instances are tagged by admins of the default account.',
  })
  @ApiOkResponse({ type: WrittenTags })
  @Refuses(400, 403, 404, 409)
  set(@CurrentActor() actor: Actor, @Body() body: SetTagsBody, @Query() query: WriteQuery) {
    return this.tags.set(actor, body, query);
  }

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'The account’s tags, by resource and key.' })
  @ApiOkResponse({ type: TagPage })
  @Refuses(400)
  list(@CurrentActor() actor: Actor, @Query() query: TagsQuery) {
    return this.tags.list(actor, query);
  }

  @Allow('editor')
  @Delete()
  @ApiOperation({ summary: 'Takes tags off a resource: those that are named, or all.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(400, 403, 404)
  remove(@CurrentActor() actor: Actor, @Query() query: RemoveTagsQuery) {
    return this.tags.remove(actor, query, query);
  }
}
