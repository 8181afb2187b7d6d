/** `/api/v1/groups/:id/stages`, with the variables of each. */
import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch, Single } from '../http/etag.js';
import { PageQuery } from '../http/page.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { StageBody, StagePage, StageView, WrittenStage, WrittenVariables } from './stage.dto.js';
import { StageVariablesService } from './stage-variables.service.js';
import { StagesService } from './stages.service.js';
import { variablesSchema } from './variables-body.js';

@ApiTags('groups')
@Controller('api/v1/groups/:id/stages')
export class StagesController {
  constructor(
    private readonly stages: StagesService,
    private readonly variables: StageVariablesService,
  ) {}

  @Allow('editor')
  @Post()
  @ApiOperation({ summary: 'Gives the group a stage besides the built-in ones.' })
  @ApiCreatedResponse({ type: WrittenStage })
  @Refuses(400, 404, 409)
  create(@CurrentActor() actor: Actor, @Param('id') id: string, @Body() body: StageBody, @Query() query: WriteQuery) {
    return this.stages.create(actor, id, body, query);
  }

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'The stages of the group, built-in ones among them.' })
  @ApiOkResponse({ type: StagePage })
  @Refuses(400, 404)
  list(@CurrentActor() actor: Actor, @Param('id') id: string, @Query() query: PageQuery) {
    return this.stages.list(actor, id, query);
  }

  @Allow('viewer')
  @Get(':stage')
  @Single()
  @ApiOperation({ summary: 'One stage.' })
  @ApiOkResponse({ type: StageView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') id: string, @Param('stage') stage: string) {
    return this.stages.read(actor, id, stage);
  }

  @Allow('editor')
  @Delete(':stage')
  @ApiOperation({ summary: 'Deletes an own stage with its variables; refused while something is in it.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 409, 412)
  remove(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('stage') stage: string,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.stages.remove(actor, id, stage, tag, query);
  }

  @Allow('viewer')
  @Get(':stage/variables')
  @Single()
  @ApiOperation({ summary: 'The variables of the stage, which definitions use as `#Name#`.' })
  @ApiOkResponse({ schema: variablesSchema })
  @Refuses(404)
  readVariables(@CurrentActor() actor: Actor, @Param('id') id: string, @Param('stage') stage: string) {
    return this.variables.read(actor, id, stage);
  }

  @Allow('editor')
  @Put(':stage/variables')
  @ApiOperation({ summary: 'Replaces all variables of the stage; in force at once on what is deployed there.' })
  @ApiBody({ schema: variablesSchema })
  @ApiOkResponse({ type: WrittenVariables })
  @Refuses(400, 404, 409, 412, 422)
  replaceVariables(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('stage') stage: string,
    @Body() body: unknown,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.variables.replace(actor, id, stage, body, tag, query);
  }
}
