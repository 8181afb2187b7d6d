/** `/api/v1/nodes`. */
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { Refuses } from '../http/refuses.js';
import { NodePage, NodesQuery } from './node.dto.js';
import { NodesService } from './nodes.service.js';

@ApiTags('nodes')
@Controller('api/v1/nodes')
export class NodesController {
  constructor(private readonly nodes: NodesService) {}

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'Data planes, what each of them runs, and how far behind it is.' })
  @ApiOkResponse({ type: NodePage })
  @Refuses(400)
  list(@CurrentActor() actor: Actor, @Query() query: NodesQuery) {
    return this.nodes.list(actor, query);
  }
}
