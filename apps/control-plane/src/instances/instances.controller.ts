/** `/api/v1/instances`. */
import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags, PartialType } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { InstanceBody, InstancePage, InstancesQuery, InstanceView, WrittenInstance } from './instance.dto.js';
import { InstancesService } from './instances.service.js';

class InstancePatch extends PartialType(InstanceBody) {}

@ApiTags('instances')
@Controller('api/v1/instances')
export class InstancesController {
  constructor(private readonly instances: InstancesService) {}

  @Allow('admin')
  @Post()
  @ApiOperation({ summary: 'Creates an instance. Writes on instances are for admins of the default account.' })
  @ApiCreatedResponse({ type: WrittenInstance })
  @Refuses(400, 409, 422)
  create(@CurrentActor() actor: Actor, @Body() body: InstanceBody, @Query() query: WriteQuery) {
    return this.instances.create(actor, body, query);
  }

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'All instances of the deployment, whatever account asks.' })
  @ApiOkResponse({ type: InstancePage })
  @Refuses(400)
  list(@CurrentActor() actor: Actor, @Query() query: InstancesQuery) {
    return this.instances.list(actor, query);
  }

  @Allow('viewer')
  @Get(':id')
  @ApiOperation({ summary: 'One instance.' })
  @ApiOkResponse({ type: InstanceView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.instances.read(actor, id);
  }

  @Allow('admin')
  @Patch(':id')
  @ApiOperation({ summary: 'Edits an instance by JSON Merge Patch; lists are replaced whole. The region is fixed.' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody({ type: InstancePatch, examples: { switch: { value: { callsFromGateway: true } } } })
  @ApiOkResponse({ type: WrittenInstance })
  @Refuses(400, 404, 409, 412, 422)
  patch(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body() patch: unknown,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.instances.patch(actor, id, patch, tag, query);
  }

  @Allow('admin')
  @Delete(':id')
  @ApiOperation({ summary: 'Deletes an instance; refused while it holds groups, and always for the one named default.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 409, 412)
  remove(@CurrentActor() actor: Actor, @Param('id') id: string, @IfMatch() tag: string | null, @Query() query: WriteQuery) {
    return this.instances.remove(actor, id, tag, query);
  }
}
