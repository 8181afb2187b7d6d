/** Snapshots over HTTP, for data planes without Redis or with one that is behind; not part of the public interface. */
import { ChunkHash } from '@causeway/contract';
import { isGzip, pack } from '@causeway/snapshot';
import { Controller, Get, Headers, NotFoundException, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { DataSource } from 'typeorm';
import { Open } from '../http/allow.js';
import { NodeAccess } from '../nodes/node-access.js';
import { EventStreams } from './event-streams.js';
import { type PublishedManifest, PublishedManifests } from './published-manifests.js';

@ApiExcludeController()
@Open()
@Controller('internal/v1')
export class SnapshotController {
  constructor(
    private readonly access: NodeAccess,
    private readonly manifests: PublishedManifests,
    private readonly streams: EventStreams,
    private readonly dataSource: DataSource,
  ) {}

  @Get('instances/:instance/manifest')
  async manifest(
    @Req() request: Request,
    @Headers('if-none-match') known: string | undefined,
    @Param('instance') instance: string,
    @Res() response: Response,
  ): Promise<void> {
    const { hash, packed } = await this.find(request, instance);
    const etag = `"${hash}"`;
    response.set('etag', etag).set('cache-control', 'no-cache');
    if (known === etag) response.status(304).end();
    else send(response, packed);
  }

  /** `instance` names the reader: it gets what stood in a manifest of its own. */
  @Get('chunks/:hash')
  async chunk(
    @Req() request: Request,
    @Param('hash') hash: string,
    @Query('instance') instance: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const { manifest } = await this.find(request, instance ?? '');
    const rows: { bytes: Buffer }[] = ChunkHash.safeParse(hash).success
      ? await this.dataSource.query(
          'SELECT bytes FROM chunks WHERE hash = $1 AND EXISTS (SELECT 1 FROM manifest_chunks WHERE hash = $1 AND instance_id = $2)',
          [hash, manifest.instance],
        )
      : [];
    if (rows[0] === undefined) throw new NotFoundException('There is no such chunk');
    response.set('cache-control', 'private, max-age=31536000, immutable');
    send(response, pack(rows[0].bytes));
  }

  @Get('instances/:instance/events')
  async events(@Req() request: Request, @Param('instance') instance: string, @Res() response: Response): Promise<void> {
    const { manifest } = await this.find(request, instance);
    const tell = this.streams.open(manifest.instance, response);
    // Looked up again, now that nothing is missed any more.
    tell((await this.manifests.find(manifest.instance))?.manifest ?? manifest);
  }

  private async find(request: Request, idOrName: string): Promise<PublishedManifest> {
    const published = await this.access.admit(
      request,
      () => this.manifests.find(idOrName),
      (found) => found?.manifest.instance ?? null,
    );
    if (published === null) throw new NotFoundException('There is no such instance, or it was not published yet');
    return published;
  }
}

function send(response: Response, packed: Buffer): void {
  if (isGzip(packed)) response.set('content-encoding', 'gzip');
  response.type('application/json').send(packed);
}
