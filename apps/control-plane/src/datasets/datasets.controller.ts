/** `/api/v1/datasets`. */
import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { DatasetPage, DatasetsQuery, DatasetView, NewDatasetBody, ReplaceDatasetBody, WrittenDataset } from './dataset.dto.js';
import { DatasetsService } from './datasets.service.js';

@ApiTags('datasets')
@Controller('api/v1/datasets')
export class DatasetsController {
  constructor(private readonly datasets: DatasetsService) {}

  @Allow('editor')
  @Post()
  @ApiOperation({ summary: 'Creates a set of values, empty, which plugins may name by its id.' })
  @ApiCreatedResponse({ type: WrittenDataset })
  @Refuses(400, 409)
  create(@CurrentActor() actor: Actor, @Body() body: NewDatasetBody, @Query() query: WriteQuery) {
    return this.datasets.create(actor, body, query);
  }

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'The account’s datasets, without their items.' })
  @ApiOkResponse({ type: DatasetPage })
  @Refuses(400)
  list(@CurrentActor() actor: Actor, @Query() query: DatasetsQuery) {
    return this.datasets.list(actor, query);
  }

  @Allow('viewer')
  @Get(':id')
  @ApiOperation({ summary: 'One dataset, without its items.' })
  @ApiOkResponse({ type: DatasetView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.datasets.read(actor, id);
  }

  @Allow('editor')
  @Put(':id')
  @ApiOperation({ summary: 'Replaces name and description. Plugins name the id, which stays.' })
  @ApiOkResponse({ type: WrittenDataset })
  @Refuses(400, 404, 409, 412)
  replace(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body() body: ReplaceDatasetBody,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.datasets.replace(actor, id, body, tag, query);
  }

  @Allow('editor')
  @Delete(':id')
  @ApiOperation({ summary: 'Deletes a dataset with its items; refused while a plugin names it.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 409, 412)
  remove(@CurrentActor() actor: Actor, @Param('id') id: string, @IfMatch() tag: string | null, @Query() query: WriteQuery) {
    return this.datasets.remove(actor, id, tag, query);
  }
}
