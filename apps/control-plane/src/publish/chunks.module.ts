/** Rows -> chunks, for the door and the publisher alike. */
import { Module } from '@nestjs/common';
import { ChunkSources } from './chunk-sources.js';
import { TouchedChunks } from './touched-chunks.js';

@Module({
  providers: [ChunkSources, TouchedChunks],
  exports: [ChunkSources, TouchedChunks],
})
export class ChunksModule {}
