/** `/api/v1/groups`, with what is done to one group. */
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags, PartialType } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { GroupBody, GroupsQuery, MigrationBody } from './group.dto.js';
import { GroupPage, GroupView, InternalDomainView, WrittenGroup } from './group-view.dto.js';
import { GroupsService } from './groups.service.js';
import { InternalDomainsService } from './internal-domains.service.js';
import { MigrationService } from './migration.service.js';

class GroupPatch extends PartialType(GroupBody) {}

@ApiTags('groups')
@Controller('api/v1/groups')
export class GroupsController {
  constructor(
    private readonly groups: GroupsService,
    private readonly internalDomains: InternalDomainsService,
    private readonly migration: MigrationService,
  ) {}

  @Allow('editor')
  @Post()
  @ApiOperation({ summary: 'Creates a group; it is served on its public domain as soon as an API is deployed in it.' })
  @ApiCreatedResponse({ type: WrittenGroup })
  @Refuses(400, 404, 409, 422)
  create(@CurrentActor() actor: Actor, @Body() body: GroupBody, @Query() query: WriteQuery) {
    return this.groups.create(actor, body, query);
  }

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'The account’s groups.' })
  @ApiOkResponse({ type: GroupPage })
  @Refuses(400)
  list(@CurrentActor() actor: Actor, @Query() query: GroupsQuery) {
    return this.groups.list(actor, query);
  }

  @Allow('viewer')
  @Get(':id')
  @ApiOperation({ summary: 'One group.' })
  @ApiOkResponse({ type: GroupView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.groups.read(actor, id);
  }

  @Allow('editor')
  @Patch(':id')
  @ApiOperation({ summary: 'Edits a group by JSON Merge Patch; in force at once. Id and instance are fixed.' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody({ type: GroupPatch, examples: { basePath: { value: { basePath: '/orders' } } } })
  @ApiOkResponse({ type: WrittenGroup })
  @Refuses(400, 404, 409, 412, 422)
  patch(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body() patch: unknown,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.groups.patch(actor, id, patch, tag, query);
  }

  @Allow('editor')
  @Delete(':id')
  @ApiOperation({ summary: 'Deletes a group with its bindings; refused while it holds APIs.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 409, 412)
  remove(@CurrentActor() actor: Actor, @Param('id') id: string, @IfMatch() tag: string | null, @Query() query: WriteQuery) {
    return this.groups.remove(actor, id, tag, query);
  }

  @Allow('editor')
  @Post(':id/internal-domain')
  @ApiOperation({ summary: 'Generates the internal domain and switches it on; again, it gives the same name.' })
  @ApiCreatedResponse({ type: InternalDomainView })
  @Refuses(404, 409)
  generateInternalDomain(@CurrentActor() actor: Actor, @Param('id') id: string, @Query() query: WriteQuery) {
    return this.internalDomains.generate(actor, id, query);
  }

  @Allow('editor')
  @Delete(':id/internal-domain')
  @ApiOperation({ summary: 'Takes the internal domain out of service at once; its name stays the group’s.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404)
  switchInternalDomainOff(@CurrentActor() actor: Actor, @Param('id') id: string, @Query() query: WriteQuery) {
    return this.internalDomains.switchOff(actor, id, query);
  }

  @Allow('editor')
  @Post(':id/migration')
  @HttpCode(200)
  @ApiOperation({ summary: 'Moves the group and its domains to another instance of its region, without a gap.' })
  @ApiOkResponse({ type: WrittenGroup })
  @Refuses(400, 404, 409, 422)
  migrate(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body() { instanceId }: MigrationBody,
    @Query() query: WriteQuery,
  ) {
    return this.migration.move(actor, id, instanceId, query);
  }
}
