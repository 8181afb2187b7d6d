/** Routes of the AppCodes of an app. */
import { Body, Controller, Delete, Get, Header, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { PageQuery } from '../http/page.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { AppCodesService } from './app-codes.service.js';
import { CodeAnswer, CodePage, NewCode } from './credential-body.js';

@ApiTags('Apps')
@Refuses(404)
@Controller('api/v1/apps/:id/app-codes')
export class AppCodesController {
  constructor(private readonly codes: AppCodesService) {}

  @Post()
  @Allow('editor')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Adds an AppCode, which shows in this answer.' })
  @ApiCreatedResponse({ type: CodeAnswer })
  @Refuses(400, 409)
  create(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('id') id: string, @Body() body: NewCode) {
    return this.codes.create(actor, query, id, body);
  }

  @Get()
  @Allow('viewer')
  @ApiOperation({ summary: 'The AppCodes of an app by their ids, hidden themselves.' })
  @ApiOkResponse({ type: CodePage })
  list(@CurrentActor() actor: Actor, @Param('id') id: string, @Query() query: PageQuery) {
    return this.codes.list(actor, id, query);
  }

  @Delete(':codeId')
  @Allow('editor')
  @ApiOperation({ summary: 'Deletes an AppCode by its id.' })
  @ApiOkResponse({ type: WriteAnswer })
  remove(@CurrentActor() actor: Actor, @Query() query: WriteQuery, @Param('id') id: string, @Param('codeId') codeId: string) {
    return this.codes.remove(actor, query, id, codeId);
  }
}
