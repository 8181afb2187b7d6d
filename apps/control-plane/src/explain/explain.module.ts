/** Explanations of requests that nobody sent. */
import { Module } from '@nestjs/common';
import { ChunksModule } from '../publish/chunks.module.js';
import { ExplainController } from './explain.controller.js';
import { ExplainService } from './explain.service.js';

@Module({
  imports: [ChunksModule],
  controllers: [ExplainController],
  providers: [ExplainService],
})
export class ExplainModule {}
