/** Routes of apps. */
import { Body, Controller, Delete, Get, Header, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags, PartialType } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { RevealQuery } from '../http/reveal-query.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { AppAnswer, AppFields, AppPage, AppsQuery, AppView, NewApp, NewAppAnswer } from './app-body.js';
import { AppsService } from './apps.service.js';

class AppPatch extends PartialType(AppFields) {}

@ApiTags('Apps')
@Controller('api/v1/apps')
export class AppsController {
  constructor(private readonly apps: AppsService) {}

  @Post()
  @Allow('editor')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Creates an app with a key pair and an AppCode. Both show in this answer.' })
  @ApiCreatedResponse({ type: NewAppAnswer })
  @Refuses(400, 409)
  create(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Body() body: NewApp) {
    return this.apps.create(actor, query, body);
  }

  @Get()
  @Allow('viewer')
  @ApiOperation({ summary: 'The apps of the account.' })
  @ApiOkResponse({ type: AppPage })
  list(@CurrentActor() actor: Actor, @Query() query: AppsQuery) {
    return this.apps.list(actor, query);
  }

  @Get(':id')
  @Allow('viewer')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'An app; with its secrets for an editor who asks, which is audited.' })
  @ApiOkResponse({ type: AppView })
  @Refuses(404)
  get(@CurrentActor() actor: Actor, @Param('id') id: string, @Query() { reveal }: RevealQuery) {
    return reveal === undefined ? this.apps.get(actor, id) : this.apps.reveal(actor, id);
  }

  @Patch(':id')
  @Allow('editor')
  @ApiOperation({ summary: 'Edits an app by a JSON Merge Patch (RFC 7396).' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody({ type: AppPatch })
  @ApiOkResponse({ type: AppAnswer })
  @Refuses(400, 404, 409, 412)
  patch(
    @CurrentActor() actor: Actor,
    @Query() query: WriteQuery,
    @Param('id') id: string,
    @IfMatch() tag: string | null,
    @Body() patch: unknown,
  ) {
    return this.apps.patch(actor, query, id, tag, patch);
  }

  @Delete(':id')
  @Allow('editor')
  @ApiOperation({ summary: 'Deletes an app with its credentials and grants.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 409, 412)
  remove(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('id') id: string, @IfMatch() tag: string | null) {
    return this.apps.remove(actor, query, id, tag);
  }
}
