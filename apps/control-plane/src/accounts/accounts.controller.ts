/** `/api/v1/accounts`. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { PageQuery } from '../http/page.js';
import { Refuses } from '../http/refuses.js';
import { AccountPage, AccountView, CreateAccount } from './account.dto.js';
import { AccountsService } from './accounts.service.js';

@ApiTags('accounts')
@Controller('api/v1/accounts')
export class AccountsController {
  constructor(private readonly accounts: AccountsService) {}

  @Allow('admin')
  @Post()
  @ApiOperation({ summary: 'Creates an account. All of /accounts is for admins of the default account.' })
  @ApiCreatedResponse({ type: AccountView })
  @Refuses(400, 409)
  create(@CurrentActor() actor: Actor, @Body() body: CreateAccount) {
    return this.accounts.create(actor, body);
  }

  @Allow('admin')
  @Get()
  @ApiOperation({ summary: 'All accounts.' })
  @ApiOkResponse({ type: AccountPage })
  @Refuses(400)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery) {
    return this.accounts.list(actor, query);
  }

  @Allow('admin')
  @Get(':id')
  @ApiOperation({ summary: 'One account.' })
  @ApiOkResponse({ type: AccountView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.accounts.read(actor, id);
  }

  @Allow('admin')
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes an account with its tokens; refused while it owns anything else.' })
  @ApiNoContentResponse({ description: 'Deleted.' })
  @Refuses(404, 409, 412)
  remove(@CurrentActor() actor: Actor, @Param('id') id: string, @IfMatch() tag: string | null) {
    return this.accounts.remove(actor, id, tag);
  }
}
