/** `/api/v1/tokens`. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { CreateToken, NewToken, TokenPage, TokensQuery, TokenView } from './token.dto.js';
import { TokensService } from './tokens.service.js';

@ApiTags('tokens')
@Controller('api/v1/tokens')
export class TokensController {
  constructor(private readonly tokens: TokensService) {}

  @Allow('admin')
  @Post()
  @ApiOperation({ summary: 'Makes a token. It is shown in this answer only.' })
  @ApiCreatedResponse({ type: NewToken })
  @Refuses(400, 404, 422)
  create(@CurrentActor() actor: Actor, @Body() body: CreateToken) {
    return this.tokens.create(actor, body);
  }

  @Allow('admin')
  @Get()
  @ApiOperation({ summary: 'The tokens of an account.' })
  @ApiOkResponse({ type: TokenPage })
  @Refuses(400)
  list(@CurrentActor() actor: Actor, @Query() query: TokensQuery) {
    return this.tokens.list(actor, query);
  }

  @Allow('admin')
  @Get(':id')
  @ApiOperation({ summary: 'One token, without the token itself.' })
  @ApiOkResponse({ type: TokenView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.tokens.read(actor, id);
  }

  @Allow('admin')
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revokes a token at once; refused for the last admin token of one’s account.' })
  @ApiNoContentResponse({ description: 'Revoked.' })
  @Refuses(404, 409, 412)
  revoke(@CurrentActor() actor: Actor, @Param('id') id: string, @IfMatch() tag: string | null) {
    return this.tokens.revoke(actor, id, tag);
  }
}
