/** The route that deploys or takes offline many APIs of a group. */
import { Body, Controller, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { Refuses } from '../http/refuses.js';
import { BatchService } from './batch.service.js';
import { BatchAnswer, BatchBody, BatchQuery } from './batch-body.js';

@ApiTags('Deployments')
@Refuses(404)
@Controller('api/v1/groups/:groupId/deployments')
export class BatchController {
  constructor(private readonly batches: BatchService) {}

  @Post()
  @HttpCode(200)
  @Allow('publisher')
  @ApiOperation({ summary: 'Deploys or takes offline many APIs of a group in a stage; one that is refused stops no other.' })
  @ApiOkResponse({ type: BatchAnswer })
  @Refuses(400, 422)
  run(@CurrentActor() actor: Actor, @Query() query: BatchQuery, @Param('groupId') groupId: string, @Body() body: BatchBody) {
    return this.batches.run(actor, query, groupId, body);
  }
}
