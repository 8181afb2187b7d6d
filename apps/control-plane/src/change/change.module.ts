/** Everything that writes imports this module. */
import { Module } from '@nestjs/common';
import { ChunksModule } from '../publish/chunks.module.js';
import { CommitBell } from './commit-bell.js';
import { Door } from './door.js';

@Module({
  imports: [ChunksModule],
  providers: [Door, CommitBell],
  exports: [Door, CommitBell],
})
export class ChangeModule {}
