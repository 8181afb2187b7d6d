/** Routes of APIs: their drafts. */
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { ApiBatches } from './api-batch.js';
import {
  apiBatchAnswerSchema,
  apiBatchSchema,
  apiPageSchema,
  apiUpdateSchema,
  apiViewSchema,
  exampleApi,
  newApiSchema,
} from './api-schemas.js';
import { ApisService } from './apis.service.js';
import { ApisQuery } from './apis-query.js';

@ApiTags('APIs')
@Refuses(404)
@Controller('api/v1')
export class ApisController {
  constructor(
    private readonly apis: ApisService,
    private readonly batches: ApiBatches,
  ) {}

  @Post('groups/:groupId/apis')
  @Allow('editor')
  @ApiOperation({ summary: 'Creates an API. It serves nothing until it is deployed.' })
  @ApiBody({ schema: newApiSchema, examples: { business1: { value: exampleApi } } })
  @ApiCreatedResponse({ schema: apiViewSchema })
  @Refuses(400, 409, 422)
  create(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('groupId') groupId: string, @Body() body: unknown) {
    return this.apis.create(actor, query, groupId, body);
  }

  @Post('groups/:groupId/apis/batch')
  @HttpCode(200)
  @Allow('editor')
  @ApiOperation({ summary: 'Creates many APIs of a group; one that is refused stops no other.' })
  @ApiBody({ schema: apiBatchSchema, examples: { business1: { value: { items: [exampleApi] } } } })
  @ApiOkResponse({ schema: apiBatchAnswerSchema })
  @Refuses(400)
  createMany(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('groupId') groupId: string, @Body() body: unknown) {
    return this.batches.create(actor, query, groupId, body);
  }

  @Get('groups/:groupId/apis')
  @Allow('viewer')
  @ApiOperation({ summary: 'The drafts of a group.' })
  @ApiOkResponse({ schema: apiPageSchema })
  list(@CurrentActor() actor: Actor, @Param('groupId') groupId: string, @Query() query: ApisQuery) {
    return this.apis.list(actor, groupId, query);
  }

  @Get('apis/:id')
  @Allow('viewer')
  @ApiOperation({ summary: 'The draft.' })
  @ApiOkResponse({ schema: apiViewSchema })
  get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.apis.get(actor, id);
  }

  @Put('apis/:id')
  @Allow('editor')
  @ApiOperation({ summary: 'Replaces the draft. Deployed stages stay as they are until the next deployment.' })
  @ApiBody({ schema: apiUpdateSchema, examples: { business1: { value: exampleApi } } })
  @ApiOkResponse({ schema: apiViewSchema })
  @Refuses(400, 409, 412, 422)
  replace(
    @CurrentActor() actor: Actor,
    @Query() query: WriteQuery,
    @Param('id') id: string,
    @IfMatch() tag: string | null,
    @Body() body: unknown,
  ) {
    return this.apis.replace(actor, query, id, tag, body);
  }

  @Patch('apis/:id')
  @Allow('editor')
  @ApiOperation({ summary: 'Edits the draft by a JSON Merge Patch (RFC 7396).' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody({ schema: { type: 'object' }, examples: { longer: { value: { backend: { timeoutMs: 20_000 } } } } })
  @ApiOkResponse({ schema: apiViewSchema })
  @Refuses(400, 409, 412, 422)
  patch(
    @CurrentActor() actor: Actor,
    @Query() query: WriteQuery,
    @Param('id') id: string,
    @IfMatch() tag: string | null,
    @Body() body: unknown,
  ) {
    return this.apis.patch(actor, query, id, tag, body);
  }

  @Delete('apis/:id')
  @Allow('editor')
  @ApiOperation({ summary: 'Deletes an API with its history, grants and bindings.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(409, 412)
  remove(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('id') id: string, @IfMatch() tag: string | null) {
    return this.apis.remove(actor, query, id, tag);
  }
}
