/** Sets of values that plugins look into. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Dataset } from './dataset.entity.js';
import { DatasetItem } from './dataset-item.entity.js';
import { DatasetItemsController } from './dataset-items.controller.js';
import { DatasetItemsService } from './dataset-items.service.js';
import { DatasetsController } from './datasets.controller.js';
import { DatasetsService } from './datasets.service.js';
import { ExpiredItems } from './expired-items.js';
import { GivenItems } from './given-items.js';
import { ItemRows } from './item-rows.js';
import { ItemValues } from './item-values.js';

@Module({
  imports: [TypeOrmModule.forFeature([Dataset, DatasetItem])],
  controllers: [DatasetsController, DatasetItemsController],
  providers: [DatasetsService, DatasetItemsService, GivenItems, ItemRows, ItemValues, ExpiredItems],
})
export class DatasetsModule {}
