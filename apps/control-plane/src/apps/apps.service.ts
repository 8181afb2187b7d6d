/** Apps: who may call. */
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, MoreThan, Not } from 'typeorm';
import type { Actor, Change } from '../change/change.js';
import { mayAct } from '../http/allow.js';
import { validateAs } from '../http/document.js';
import { matchOrRefuse } from '../http/etag.js';
import { mergePatch } from '../http/merge-patch.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { forbidden, malformed } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { App } from './app.entity.js';
import { AppFields, type AppsQuery, type AppView, type KeyView, type NewApp } from './app-body.js';
import { isAppId, newAppId } from './app-id.js';
import { AppKey } from './app-key.entity.js';
import { findApp } from './find-app.js';
import { KeyPairs } from './key-pairs.js';
import { touchApp } from './touch-app.js';

@Injectable()
export class AppsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: Writes,
    private readonly keyPairs: KeyPairs,
  ) {}

  create(actor: Actor, query: WriteQuery, body: NewApp): Promise<AppView & Pick<KeyView, 'key' | 'secret'> & WriteOutcome> {
    const { id = newAppId(), name } = body;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const { accountId } = actor;
      await refuseTaken(manager, App, 'DuplicateApp', { id: { id }, name: { accountId, name } });
      const app = manager.create(App, { id, accountId, ...fieldsOf(body) });
      await manager.insert(App, app);
      const pair = await this.keyPairs.add(manager, id, body);
      touchApp(change, id);
      change.audit('app.create', 'app', id, { name, key: pair.key });
      return { ...showApp(app, [pair]), key: pair.key, secret: pair.secret };
    });
  }

  async list({ accountId }: Actor, query: AppsQuery): Promise<Page<AppView>> {
    const { manager } = this.dataSource;
    const after = cursorOf(query);
    if (after !== null && !isAppId(after)) throw malformed([{ path: 'cursor', message: 'must be the next of an earlier page' }]);
    const { name } = query;
    const apps = await manager.find(App, {
      where: { accountId, ...(name !== undefined && { name }), ...(after !== null && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    const keys = await keysOf(
      manager,
      apps.map(({ id }) => id),
    );
    return pageOf(
      apps,
      query,
      ({ id }) => id,
      (app) =>
        this.mask(
          app,
          keys.filter(({ appId }) => appId === app.id),
        ),
    );
  }

  async get({ accountId }: Actor, id: string): Promise<AppView> {
    const { manager } = this.dataSource;
    return this.mask(await findApp(manager, accountId, id), await keysOf(manager, [id]));
  }

  /** With its secrets; leaves a row in the audit log. */
  reveal(actor: Actor, id: string): Promise<AppView> {
    if (!mayAct(actor.role, 'editor')) throw forbidden('Secrets are for editors and admins.');
    return this.writes.run(actor, new WriteQuery(), async (change) => {
      const app = await findApp(change.manager, actor.accountId, id);
      const keys = await keysOf(change.manager, [id]);
      change.audit('app.reveal', 'app', id, { keys: keys.map(({ key }) => key) });
      return showApp(
        app,
        keys.map((key) => this.keyPairs.reveal(key)),
      );
    });
  }

  patch(actor: Actor, query: WriteQuery, id: string, tag: string | null, patch: unknown): Promise<AppView & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const { app, keys } = await this.lock(change, id, tag);
      const next = fieldsOf(validateAs(AppFields, mergePatch(fieldsOf(app), patch)));
      await refuseTaken(manager, App, 'DuplicateApp', { name: { accountId: actor.accountId, name: next.name, id: Not(id) } });
      await manager.save(App, Object.assign(app, next));
      touchApp(change, id);
      change.audit('app.update', 'app', id, { name: app.name, disabled: app.disabled });
      return this.mask(app, keys);
    });
  }

  remove(actor: Actor, query: WriteQuery, id: string, tag: string | null): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { app } = await this.lock(change, id, tag);
      await change.manager.delete(App, { id });
      touchApp(change, id);
      change.audit('app.delete', 'app', id, { name: app.name });
      return {};
    });
  }

  private async lock({ manager, actor }: Change, id: string, tag: string | null) {
    const app = await findApp(manager, actor.accountId, id, { lock: true });
    const keys = await keysOf(manager, [id]);
    matchOrRefuse(tag, this.mask(app, keys));
    return { app, keys };
  }

  private mask(app: App, keys: readonly AppKey[]): AppView {
    return showApp(
      app,
      keys.map((key) => this.keyPairs.show(key)),
    );
  }
}

function keysOf(manager: EntityManager, appIds: string[]): Promise<AppKey[]> {
  return manager.find(AppKey, { where: { appId: In(appIds) }, order: { createdAt: 'ASC', key: 'ASC' } });
}

function showApp({ id, name, description, extend, disabled, createdAt, updatedAt }: App, keys: KeyView[]): AppView {
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, name, description, extend, disabled, keys, ...times };
}

function fieldsOf({ name, description = '', extend = '', disabled = false }: AppFields): Required<AppFields> {
  return { name, description, extend, disabled };
}
