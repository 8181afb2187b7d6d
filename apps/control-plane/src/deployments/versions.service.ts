/** Reads the history of an API. */
import type { ApiDefinition } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Api } from '../apis/api.entity.js';
import { showDefinition } from '../apis/api-document.js';
import type { Actor } from '../change/change.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { Problem } from '../http/problem.js';
import { type Difference, diffDefinitions } from './definition-diff.js';
import type { VersionsQuery, VersionView } from './version-body.js';

export type WholeVersion = VersionView & { readonly definition: ApiDefinition; readonly diff?: readonly Difference[] };

interface Row {
  version: string;
  stage: string;
  description: string;
  isLive: boolean;
  createdAt: Date;
}

const COLUMNS = `v.version, v.stage, v.description, v.created_at AS "createdAt", EXISTS (
  SELECT 1 FROM deployments d WHERE d.api_id = v.api_id AND d.stage = v.stage AND d.version = v.version) AS "isLive"`;

@Injectable()
export class VersionsService {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. */
  async list({ accountId }: Actor, id: string, query: VersionsQuery): Promise<Page<VersionView>> {
    const { manager } = this.dataSource;
    await findOrRefuse(manager, Api, { id, accountId }, 'API');
    const rows: Row[] = await manager.query(
      `SELECT ${COLUMNS} FROM api_versions v
       WHERE v.api_id = $1 AND ($2::text IS NULL OR v.version < $2) AND ($3::text IS NULL OR v.stage = $3)
       ORDER BY v.version DESC LIMIT $4`,
      [id, cursorOf(query), query.stage ?? null, query.limit + 1],
    );
    return pageOf(rows, query, ({ version }) => version, show);
  }

  /** @param against a version or `draft`; `diff` says what changed from that one to this */
  async get({ accountId }: Actor, id: string, version: string, against: string | undefined): Promise<WholeVersion> {
    const api = await findOrRefuse(this.dataSource.manager, Api, { id, accountId }, 'API');
    const row = await this.find(id, version);
    const definition = showDefinition(row.definition);
    const shown = { ...show(row), definition };
    if (against === undefined) return shown;
    const other = against === 'draft' ? api.definition : (await this.find(id, against)).definition;
    return { ...shown, diff: diffDefinitions(showDefinition(other), definition) };
  }

  private async find(apiId: string, version: string): Promise<Row & { definition: ApiDefinition }> {
    const [row]: (Row & { definition: ApiDefinition })[] = await this.dataSource.query(
      `SELECT ${COLUMNS}, v.definition FROM api_versions v WHERE v.api_id = $1 AND v.version = $2`,
      [apiId, version],
    );
    if (row === undefined) throw new Problem(404, 'NotFoundVersion', `The API has no version ${version.slice(0, 32)}.`);
    return row;
  }
}

function show({ version, stage, description, isLive, createdAt }: Row): VersionView {
  return { version, stage, description, status: isLive ? 'ONLINE' : 'OFFLINE', createdAt: createdAt.toISOString() };
}
