/** Further AppCodes of an app; each shares all its grants. */
import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import type { Actor } from '../change/change.js';
import { cursorOf, type Page, type PageQuery, pageOf } from '../http/page.js';
import { absent, conflict } from '../http/problem.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { AppCode } from './app-code.entity.js';
import { AppCodes } from './app-codes.js';
import type { CodeView, NewCode } from './credential-body.js';
import { findApp } from './find-app.js';
import { touchApp } from './touch-app.js';

/** Codes of one app: every gateway keeps all of them in memory. */
export const MAX_CODES = 50;

@Injectable()
export class AppCodesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: Writes,
    private readonly codes: AppCodes,
  ) {}

  create(actor: Actor, query: WriteQuery, appId: string, body: NewCode): Promise<CodeView & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      await findApp(manager, actor.accountId, appId, { lock: true });
      if ((await manager.countBy(AppCode, { appId })) >= MAX_CODES)
        throw conflict('ExceedLimitAppCode', `An app has at most ${MAX_CODES} AppCodes.`);
      const made = await this.codes.add(manager, appId, body);
      await touchApp(change, appId);
      change.audit('app.code.create', 'app', appId, { code: made.id });
      return made;
    });
  }

  async list({ accountId }: Actor, appId: string, query: PageQuery): Promise<Page<CodeView>> {
    const { manager } = this.dataSource;
    await findApp(manager, accountId, appId);
    const after = cursorOf(query);
    const codes = await manager.find(AppCode, {
      where: { appId, ...(after !== null && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(codes, query, ({ id }) => id, this.codes.show);
  }

  /** The last one may go: the app still has its key pairs. */
  remove(actor: Actor, query: WriteQuery, appId: string, id: string): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      await findApp(manager, actor.accountId, appId, { lock: true });
      const { affected } = await manager.delete(AppCode, { appId, id });
      if (affected !== 1) throw absent('AppCode', id);
      await touchApp(change, appId);
      change.audit('app.code.delete', 'app', appId, { code: id });
      return {};
    });
  }
}
