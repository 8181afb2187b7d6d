/** Explains what an API would do with a request: reads what would be published now, compiles it, and sends nothing. */
import { Readable } from 'node:stream';
import { DEFAULT_STAGE, generatedDomain } from '@causeway/contract';
import { explainRequest, type Sample } from '@causeway/engine';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Api } from '../apis/api.entity.js';
import type { Actor } from '../change/change.js';
import { Group } from '../groups/group.entity.js';
import { parseDocument } from '../http/document.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { ChunkSources } from '../publish/chunk-sources.js';
import { chunksForExplain, withDraft } from './chunks-for-explain.js';
import type { ExplainAnswer } from './explain-answer.js';
import { ExplainRequest, partsOf, wireHeaders } from './explain-request.js';

@Injectable()
export class ExplainService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sources: ChunkSources,
  ) {}

  async explain({ accountId }: Actor, id: string, body: unknown): Promise<ExplainAnswer> {
    const request = parseDocument(ExplainRequest, body);
    const { chunks, ownHost } = await this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      const api = await findOrRefuse(manager, Api, { id, accountId }, 'API');
      const group = await findOrRefuse(manager, Group, { id: api.groupId, accountId }, 'group');
      const source = this.sources.of(manager, group.instanceId);
      const live = await chunksForExplain(source, group);
      const instance = live.get('instance')?.chunk;
      if (instance?.kind !== 'instance') throw new Error(`group ${group.id} is on no instance`);
      return {
        chunks: request.draft ? await withDraft(manager, live, api, request.stage ?? DEFAULT_STAGE) : live,
        ownHost: generatedDomain('public', group.id, instance.region, instance.suffix),
      };
    });
    const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
    return explainRequest(chunks, sampleOf(request, ownHost), { now: Date.now, random: Math.random, pause });
  }
}

function sampleOf(request: ExplainRequest, ownHost: string): Sample {
  const { scheme, host, target } = partsOf(request.url);
  const { method, body, clientIp } = request;
  const buffered = body === undefined ? null : Buffer.from(body, 'utf8');
  return {
    method,
    scheme,
    host: host ?? ownHost,
    target,
    headers: wireHeaders(request),
    body: buffered === null ? null : { stream: Readable.from([]), length: buffered.length, buffered, contentMd5: null },
    clientIp,
  };
}
