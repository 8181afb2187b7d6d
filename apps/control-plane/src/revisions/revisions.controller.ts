/** `/api/v1/revisions`. */
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { Refuses } from '../http/refuses.js';
import { RevisionPage, RevisionsQuery } from './revision.dto.js';
import { RevisionsService } from './revisions.service.js';

@ApiTags('revisions')
@Controller('api/v1/revisions')
export class RevisionsController {
  constructor(private readonly revisions: RevisionsService) {}

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'The states of an instance, newest first.' })
  @ApiOkResponse({ type: RevisionPage })
  @Refuses(400, 404)
  list(@CurrentActor() actor: Actor, @Query() query: RevisionsQuery) {
    return this.revisions.list(actor, query);
  }
}
