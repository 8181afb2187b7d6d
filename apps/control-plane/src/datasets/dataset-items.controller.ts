/** `/api/v1/datasets/:id/items`. */
import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { RevealQuery } from '../http/reveal-query.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import {
  AddedItems,
  AllItems,
  ItemFields,
  ItemPage,
  ItemsQuery,
  ItemView,
  NewItems,
  RemovedItems,
  ReplacedItems,
  WrittenItem,
} from './dataset-item.dto.js';
import { DatasetItemsService } from './dataset-items.service.js';

@ApiTags('datasets')
@Controller('api/v1/datasets/:id/items')
export class DatasetItemsController {
  constructor(private readonly items: DatasetItemsService) {}

  @Allow('editor')
  @Post()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Adds up to 100 values, all or none; in force at once where bound plugins name the dataset.' })
  @ApiCreatedResponse({ type: AddedItems, description: 'In the order of the body, with the values as they are kept.' })
  @Refuses(400, 404, 409, 422)
  add(@CurrentActor() actor: Actor, @Param('id') id: string, @Body() { items }: NewItems, @Query() query: WriteQuery) {
    return this.items.add(actor, id, items, query);
  }

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'The values that are in force: none that has expired.' })
  @ApiOkResponse({ type: ItemPage })
  @Refuses(400, 404)
  list(@CurrentActor() actor: Actor, @Param('id') id: string, @Query() query: ItemsQuery) {
    return this.items.list(actor, id, query);
  }

  @Allow('editor')
  @Put()
  @ApiOperation({ summary: 'Replaces the whole set at once: values that stay keep their ids, the others go.' })
  @ApiOkResponse({ type: ReplacedItems })
  @Refuses(400, 404, 409, 422)
  replaceAll(@CurrentActor() actor: Actor, @Param('id') id: string, @Body() { items }: AllItems, @Query() query: WriteQuery) {
    return this.items.replaceAll(actor, id, items, query);
  }

  @Allow('editor')
  @Post('removal')
  @HttpCode(200)
  @ApiOperation({ summary: 'Removes up to 100 items; one that is not there is no error.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(400, 404)
  removeSome(@CurrentActor() actor: Actor, @Param('id') id: string, @Body() { ids }: RemovedItems, @Query() query: WriteQuery) {
    return this.items.removeSome(actor, id, ids, query);
  }

  @Allow('viewer')
  @Get(':itemId')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'One item; with its password for an editor who asks, which is audited.' })
  @ApiOkResponse({ type: ItemView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') id: string, @Param('itemId') itemId: string, @Query() { reveal }: RevealQuery) {
    return reveal === undefined ? this.items.read(actor, id, itemId) : this.items.reveal(actor, id, itemId);
  }

  @Allow('editor')
  @Put(':itemId')
  @ApiOperation({ summary: 'Replaces description and expiry; the value stays.' })
  @ApiOkResponse({ type: WrittenItem })
  @Refuses(400, 404, 412, 422)
  edit(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('itemId') itemId: string,
    @Body() body: ItemFields,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.items.edit(actor, id, itemId, body, tag, query);
  }

  @Allow('editor')
  @Delete(':itemId')
  @ApiOperation({ summary: 'Removes one item.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 412)
  remove(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('itemId') itemId: string,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.items.remove(actor, id, itemId, tag, query);
  }
}
