/** Routes of the history of an API. */
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { Single } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { wholeVersionSchema } from './deployment-schemas.js';
import { VersionPage, VersionQuery, VersionsQuery } from './version-body.js';
import { VersionsService } from './versions.service.js';

@ApiTags('Deployments')
@Refuses(404)
@Controller('api/v1/apis/:id/versions')
export class VersionsController {
  constructor(private readonly versions: VersionsService) {}

  @Get()
  @Allow('viewer')
  @ApiOperation({
    summary:
      'The history, newest first: the last versions of each stage (100, unless the operator has it otherwise), and whatever is live.',
  })
  @ApiOkResponse({ type: VersionPage })
  list(@CurrentActor() actor: Actor, @Param('id') id: string, @Query() query: VersionsQuery) {
    return this.versions.list(actor, id, query);
  }

  @Get(':version')
  @Allow('viewer')
  @Single()
  @ApiOperation({ summary: 'A version with its whole definition, and what differs from another one.' })
  @ApiOkResponse({ schema: wholeVersionSchema })
  @Refuses(400)
  get(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('version') version: string,
    @Query() { against }: VersionQuery,
  ) {
    return this.versions.get(actor, id, version, against);
  }
}
