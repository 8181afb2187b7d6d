/** `/api/v1/groups/:id/models`. */
import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags, PartialType } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { ModelFields, ModelPage, ModelsQuery, ModelView, NewModel, WrittenModel } from './model.dto.js';
import { ModelsService } from './models.service.js';

class ModelPatch extends PartialType(ModelFields) {}

@ApiTags('models')
@Controller('api/v1/groups/:id/models')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Allow('editor')
  @Post()
  @ApiOperation({ summary: 'Keeps a JSON Schema that describes bodies of the group’s APIs; it acts on no request.' })
  @ApiCreatedResponse({ type: WrittenModel })
  @Refuses(400, 404, 409, 422)
  create(@CurrentActor() actor: Actor, @Param('id') groupId: string, @Body() body: NewModel, @Query() query: WriteQuery) {
    return this.models.create(actor, groupId, body, query);
  }

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'The models of a group.' })
  @ApiOkResponse({ type: ModelPage })
  @Refuses(400, 404)
  list(@CurrentActor() actor: Actor, @Param('id') groupId: string, @Query() query: ModelsQuery) {
    return this.models.list(actor, groupId, query);
  }

  @Allow('viewer')
  @Get(':modelId')
  @ApiOperation({ summary: 'One model.' })
  @ApiOkResponse({ type: ModelView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') groupId: string, @Param('modelId') id: string) {
    return this.models.read(actor, groupId, id);
  }

  @Allow('editor')
  @Patch(':modelId')
  @ApiOperation({ summary: 'Edits a model by JSON Merge Patch; its schema is replaced whole.' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody({ type: ModelPatch, examples: { name: { value: { name: 'Order' } } } })
  @ApiOkResponse({ type: WrittenModel })
  @Refuses(400, 404, 409, 412, 422)
  patch(
    @CurrentActor() actor: Actor,
    @Param('id') groupId: string,
    @Param('modelId') id: string,
    @Body() patch: unknown,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.models.patch(actor, groupId, id, patch, tag, query);
  }

  @Allow('editor')
  @Delete(':modelId')
  @ApiOperation({ summary: 'Deletes a model; others that refer to it keep what they say.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 412)
  remove(
    @CurrentActor() actor: Actor,
    @Param('id') groupId: string,
    @Param('modelId') id: string,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.models.remove(actor, groupId, id, tag, query);
  }
}
