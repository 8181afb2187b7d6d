/** Routes of the key pairs of an app. */
import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { PageQuery } from '../http/page.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { AppKeysService } from './app-keys.service.js';
import { KeyAnswer, KeyPage, NewKey, Rotation } from './credential-body.js';

@ApiTags('Apps')
@Refuses(404)
@Controller('api/v1/apps/:id/keys')
export class AppKeysController {
  constructor(private readonly keys: AppKeysService) {}

  @Post()
  @Allow('editor')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Adds a key pair. The secret shows in this answer.' })
  @ApiCreatedResponse({ type: KeyAnswer })
  @Refuses(400, 409)
  create(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('id') id: string, @Body() body: NewKey) {
    return this.keys.create(actor, query, id, body);
  }

  @Get()
  @Allow('viewer')
  @ApiOperation({ summary: 'The keys of an app, without their secrets.' })
  @ApiOkResponse({ type: KeyPage })
  list(@CurrentActor() actor: Actor, @Param('id') id: string, @Query() query: PageQuery) {
    return this.keys.list(actor, id, query);
  }

  @Post(':key/rotation')
  @Allow('editor')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Gives a key a new secret, which shows in this answer; the old one may verify for a while.' })
  @ApiOkResponse({ type: KeyAnswer })
  @Refuses(400)
  rotate(
    @CurrentActor() actor: Actor,
    @Query() query: WriteQuery,
    @Param('id') id: string,
    @Param('key') key: string,
    @Body() body: Rotation,
  ) {
    return this.keys.rotate(actor, query, id, key, body);
  }

  @Delete(':key')
  @Allow('editor')
  @ApiOperation({ summary: 'Deletes a key pair; the last one stays.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(409)
  remove(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('id') id: string, @Param('key') key: string) {
    return this.keys.remove(actor, query, id, key);
  }
}
