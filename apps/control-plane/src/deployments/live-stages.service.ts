/** Reads what is live where. */
import type { ApiDefinition } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Api } from '../apis/api.entity.js';
import { showDefinition } from '../apis/api-document.js';
import type { Actor } from '../change/change.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { cursorOf, type Page, type PageQuery, pageOf } from '../http/page.js';
import type { DeploymentView } from './deployment-body.js';
import { notDeployed } from './live-versions.js';

interface Row {
  stage: string;
  version: string;
  deployedAt: Date;
  description: string;
}

@Injectable()
export class LiveStagesService {
  constructor(private readonly dataSource: DataSource) {}

  async list({ accountId }: Actor, id: string, query: PageQuery): Promise<Page<DeploymentView>> {
    const { manager } = this.dataSource;
    await findOrRefuse(manager, Api, { id, accountId }, 'API');
    const rows: Row[] = await manager.query(
      `SELECT d.stage, d.version, d.deployed_at AS "deployedAt", v.description
       FROM deployments d JOIN api_versions v ON v.api_id = d.api_id AND v.version = d.version
       WHERE d.api_id = $1 AND d.stage > $2 ORDER BY d.stage LIMIT $3`,
      [id, cursorOf(query) ?? '', query.limit + 1],
    );
    return pageOf(rows, query, ({ stage }) => stage, show);
  }

  async get({ accountId }: Actor, id: string, stage: string): Promise<WholeDeployment> {
    const { manager } = this.dataSource;
    await findOrRefuse(manager, Api, { id, accountId }, 'API');
    return readLive(manager, id, stage);
  }
}

type WholeDeployment = DeploymentView & { definition: ApiDefinition };

/** 404 where nothing is live. */
export async function readLive(manager: EntityManager, id: string, stage: string): Promise<WholeDeployment> {
  const [row]: (Row & { definition: ApiDefinition })[] = await manager.query(
    `SELECT d.stage, d.version, d.deployed_at AS "deployedAt", v.description, v.definition
       FROM deployments d JOIN api_versions v ON v.api_id = d.api_id AND v.version = d.version
       WHERE d.api_id = $1 AND d.stage = $2`,
    [id, stage],
  );
  if (row === undefined) throw notDeployed(stage);
  return { ...show(row), definition: showDefinition(row.definition) };
}

function show({ stage, version, deployedAt, description }: Row): DeploymentView {
  return { stage, version, deployedAt: deployedAt.toISOString(), description };
}
