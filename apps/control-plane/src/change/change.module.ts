/** Everything that writes imports this module. */
import { Module } from '@nestjs/common';
import { ChunksModule } from '../publish/chunks.module.js';
import { CommitBell } from './commit-bell.js';
import { Door } from './door.js';
import { WriteCounters } from './write-counters.js';

@Module({
  imports: [ChunksModule],
  providers: [Door, CommitBell, WriteCounters],
  exports: [Door, CommitBell, WriteCounters],
})
export class ChangeModule {}
