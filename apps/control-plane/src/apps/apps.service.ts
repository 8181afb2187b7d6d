/** Apps: who may call. */
import { Injectable } from '@nestjs/common';
import { DataSource, Not } from 'typeorm';
import type { Actor, Change } from '../change/change.js';
import { mayAct } from '../http/allow.js';
import { validateAs } from '../http/document.js';
import { matchOrRefuse } from '../http/etag.js';
import { mergePatch } from '../http/merge-patch.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { conflict, forbidden, malformed } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { idsOfPage } from '../tags/tag-filter.js';
import { App } from './app.entity.js';
import { AppFields, type AppsQuery, type AppView, type NewApp, type NewAppAnswer } from './app-body.js';
import { AppCredentials } from './app-credentials.js';
import { isAppId, newAppId } from './app-id.js';
import { findApp } from './find-app.js';
import { signsFor } from './signs-for.js';
import { touchApp } from './touch-app.js';

@Injectable()
export class AppsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: Writes,
    private readonly credentials: AppCredentials,
  ) {}

  create(
    actor: Actor,
    query: WriteQuery,
    body: NewApp,
  ): Promise<AppView & Pick<NewAppAnswer, 'key' | 'secret' | 'appCode'> & WriteOutcome> {
    const { id = newAppId(), name } = body;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const { accountId } = actor;
      const own = { kind: 'app', id, accountId } as const;
      await refuseTaken(manager, App, 'DuplicateApp', { id: { id }, name: { accountId, name } }, own);
      const app = manager.create(App, { id, accountId, ...fieldsOf(body) });
      await manager.insert(App, app);
      const { pair, code } = await this.credentials.addFirst(manager, id, body);
      await touchApp(change, id);
      change.audit('app.create', 'app', id, { name, key: pair.key, code: code.id });
      const shown = showApp(app, { keys: [pair], appCodes: [code] });
      return { ...shown, key: pair.key, secret: pair.secret, appCode: code.code };
    });
  }

  async list({ accountId }: Actor, query: AppsQuery): Promise<Page<AppView>> {
    const { manager } = this.dataSource;
    const after = cursorOf(query);
    if (after !== null && !isAppId(after)) throw malformed([{ path: 'cursor', message: 'must be the next of an earlier page' }]);
    const { name } = query;
    const apps = await manager.find(App, {
      where: { accountId, ...(name !== undefined && { name }), ...idsOfPage(after, query, accountId, 'app') },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    const shownOf = await this.credentials.masked(
      manager,
      apps.map(({ id }) => id),
    );
    return pageOf(
      apps,
      query,
      ({ id }) => id,
      (app) => showApp(app, shownOf(app.id)),
    );
  }

  async get({ accountId }: Actor, id: string): Promise<AppView> {
    const { manager } = this.dataSource;
    const app = await findApp(manager, accountId, id);
    return showApp(app, (await this.credentials.masked(manager, [id]))(id));
  }

  /** With its secrets; leaves a row in the audit log. */
  reveal(actor: Actor, id: string): Promise<AppView> {
    if (!mayAct(actor.role, 'editor')) throw forbidden('Secrets are for editors and admins.');
    return this.writes.run(actor, new WriteQuery(), async (change) => {
      const app = await findApp(change.manager, actor.accountId, id);
      const rows = await this.credentials.of(change.manager, id);
      change.audit('app.reveal', 'app', id, { keys: rows.keys.map(({ key }) => key), codes: rows.codes.map((code) => code.id) });
      return showApp(app, this.credentials.revealed(rows));
    });
  }

  patch(actor: Actor, query: WriteQuery, id: string, tag: string | null, patch: unknown): Promise<AppView & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const { app, shown } = await this.lock(change, id, tag);
      const next = fieldsOf(validateAs(AppFields, mergePatch(fieldsOf(app), patch)));
      await refuseTaken(manager, App, 'DuplicateApp', { name: { accountId: actor.accountId, name: next.name, id: Not(id) } });
      if (next.name !== app.name) await warnOfRename(change, app);
      await manager.save(App, Object.assign(app, next));
      await touchApp(change, id);
      change.audit('app.update', 'app', id, { name: app.name, disabled: app.disabled });
      return showApp(app, shown);
    });
  }

  remove(actor: Actor, query: WriteQuery, id: string, tag: string | null): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { app } = await this.lock(change, id, tag);
      const plugins = await signsFor(change.manager, id);
      if (plugins !== null)
        throw conflict('DependencyViolationApp', `Plugins sign as the app: ${plugins}. Change or delete them first.`);
      await change.manager.delete(App, { id });
      await touchApp(change, id);
      change.audit('app.delete', 'app', id, { name: app.name });
      return {};
    });
  }

  private async lock({ manager, actor }: Change, id: string, tag: string | null) {
    const app = await findApp(manager, actor.accountId, id, { lock: true });
    const shown = (await this.credentials.masked(manager, [id]))(id);
    matchOrRefuse(tag, showApp(app, shown));
    return { app, shown };
  }
}

/** They go on signing as the app; where their text names it, the text keeps the old name. */
async function warnOfRename(change: Change, { id, name }: App): Promise<void> {
  const plugins = await signsFor(change.manager, id);
  if (plugins === null) return;
  const message = `Plugins go on signing as the app, though their configuration may call it ${name}: ${plugins}`;
  change.warn({ code: 'AppRenamed', message });
}

function showApp(
  { id, name, description, extend, disabled, createdAt, updatedAt }: App,
  { keys, appCodes }: Pick<AppView, 'keys' | 'appCodes'>,
): AppView {
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, name, description, extend, disabled, keys, appCodes, ...times };
}

function fieldsOf({ name, description = '', extend = '', disabled = false }: AppFields): Required<AppFields> {
  return { name, description, extend, disabled };
}
