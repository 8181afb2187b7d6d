/** Routes of grants. */
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { GrantPage, GrantsAnswer, GrantsQuery, NewGrants } from './grant-body.js';
import { GrantsService } from './grants.service.js';

@ApiTags('Grants')
@Controller('api/v1/grants')
export class GrantsController {
  constructor(private readonly grants: GrantsService) {}

  @Post()
  @Allow('publisher')
  @ApiOperation({ summary: 'Lets one app call APIs, or lets apps call one API, in a stage: all of them or none.' })
  @ApiCreatedResponse({ type: GrantsAnswer })
  @Refuses(400, 422)
  create(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Body() body: NewGrants) {
    return this.grants.create(actor, query, body);
  }

  @Get()
  @Allow('viewer')
  @ApiOperation({ summary: 'The grants of the account, expired ones too.' })
  @ApiOkResponse({ type: GrantPage })
  list(@CurrentActor() actor: Actor, @Query() query: GrantsQuery) {
    return this.grants.list(actor, query);
  }

  @Delete(':id')
  @Allow('publisher')
  @ApiOperation({ summary: 'Revokes a grant.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404)
  remove(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('id') id: string) {
    return this.grants.remove(actor, query, id);
  }
}
