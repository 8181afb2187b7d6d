/** Routes of deployments: what is live in which stage. */
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch, Single } from '../http/etag.js';
import { PageQuery } from '../http/page.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { DeployAnswer, DeploymentPage, NewDeployment } from './deployment-body.js';
import { wholeDeploymentSchema } from './deployment-schemas.js';
import { DeploymentsService } from './deployments.service.js';
import { LiveStagesService } from './live-stages.service.js';

@ApiTags('Deployments')
@Refuses(404)
@Controller('api/v1/apis/:id/deployments')
export class DeploymentsController {
  constructor(
    private readonly deployments: DeploymentsService,
    private readonly liveStages: LiveStagesService,
  ) {}

  @Post()
  @Allow('publisher')
  @ApiOperation({ summary: 'Deploys the draft as a new version, or switches the stage to an earlier one.' })
  @ApiCreatedResponse({ type: DeployAnswer })
  @Refuses(400, 409, 422)
  deploy(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('id') id: string, @Body() body: NewDeployment) {
    return this.deployments.deploy(actor, query, id, body);
  }

  @Get()
  @Allow('viewer')
  @ApiOperation({ summary: 'The stages in which the API is live.' })
  @ApiOkResponse({ type: DeploymentPage })
  list(@CurrentActor() actor: Actor, @Param('id') id: string, @Query() query: PageQuery) {
    return this.liveStages.list(actor, id, query);
  }

  @Get(':stage')
  @Allow('viewer')
  @Single()
  @ApiOperation({ summary: 'What runs in the stage, with the whole definition.' })
  @ApiOkResponse({ schema: wholeDeploymentSchema })
  get(@CurrentActor() actor: Actor, @Param('id') id: string, @Param('stage') stage: string) {
    return this.liveStages.get(actor, id, stage);
  }

  @Delete(':stage')
  @Allow('publisher')
  @ApiOperation({ summary: 'Takes the API offline in the stage. Its history, grants and bindings stay.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(412)
  takeOffline(
    @CurrentActor() actor: Actor,
    @Query() query: WriteQuery,
    @Param('id') id: string,
    @Param('stage') stage: string,
    @IfMatch() tag: string | null,
  ) {
    return this.deployments.takeOffline(actor, query, id, stage, tag);
  }
}
