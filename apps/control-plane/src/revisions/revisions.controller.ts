/** `/api/v1/revisions`. */
import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { Refuses } from '../http/refuses.js';
import { RevisionPage, RevisionsQuery } from './revision.dto.js';
import { RevisionsService } from './revisions.service.js';
import { RollbackAnswer, RollbackQuery } from './rollback.dto.js';
import { RollbackService } from './rollback.service.js';

@ApiTags('revisions')
@Controller('api/v1/revisions')
export class RevisionsController {
  constructor(
    private readonly revisions: RevisionsService,
    private readonly rollbacks: RollbackService,
  ) {}

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'The states of an instance, newest first.' })
  @ApiOkResponse({ type: RevisionPage })
  @Refuses(400, 404)
  list(@CurrentActor() actor: Actor, @Query() query: RevisionsQuery) {
    return this.revisions.list(actor, query);
  }

  @Allow('editor')
  @Post(':revision/rollback')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Brings back what was deployed and bound at a revision, with plugin texts and stage variables, as a new revision.',
  })
  @ApiOkResponse({
    type: RollbackAnswer,
    description: 'What changed; with `dryRun=true` what would. Without `revision` nothing had to.',
  })
  @Refuses(400, 404, 409, 422)
  rollback(@CurrentActor() actor: Actor, @Query() query: RollbackQuery, @Param('revision') revision: string) {
    return this.rollbacks.rollback(actor, query, revision);
  }
}
