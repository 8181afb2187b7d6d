/** For the resources whose writes can close a loop. */
import { Module } from '@nestjs/common';
import { LoopCheck } from './loop-check.js';

@Module({
  providers: [LoopCheck],
  exports: [LoopCheck],
})
export class LoopsModule {}
