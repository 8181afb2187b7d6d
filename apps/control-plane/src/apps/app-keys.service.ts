/** The key pairs of an app: further ones, each with all its grants, and new secrets. */
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, MoreThan } from 'typeorm';
import type { Actor } from '../change/change.js';
import { cursorOf, type Page, type PageQuery, pageOf } from '../http/page.js';
import { absent, conflict } from '../http/problem.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { AppKey } from './app-key.entity.js';
import type { KeyView, NewKey, Rotation } from './credential-body.js';
import { findApp } from './find-app.js';
import { KeyPairs } from './key-pairs.js';
import { touchApp } from './touch-app.js';

/** Pairs of one app: more would be a way to fill every gateway's memory. */
export const MAX_KEYS = 100;

@Injectable()
export class AppKeysService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: Writes,
    private readonly keyPairs: KeyPairs,
  ) {}

  create(actor: Actor, query: WriteQuery, appId: string, body: NewKey): Promise<KeyView & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      await findApp(manager, actor.accountId, appId, { lock: true });
      if ((await manager.countBy(AppKey, { appId })) >= MAX_KEYS)
        throw conflict('ExceedLimitAppKey', `An app has at most ${MAX_KEYS} keys.`);
      const pair = await this.keyPairs.add(manager, appId, body);
      await touchApp(change, appId);
      change.audit('app.key.create', 'app', appId, { key: pair.key });
      return pair;
    });
  }

  async list({ accountId }: Actor, appId: string, query: PageQuery): Promise<Page<KeyView>> {
    const { manager } = this.dataSource;
    await findApp(manager, accountId, appId);
    const after = cursorOf(query);
    const keys = await manager.find(AppKey, {
      where: { appId, ...(after !== null && { key: MoreThan(after) }) },
      order: { key: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(keys, query, ({ key }) => key, this.keyPairs.show);
  }

  /** The app's lock makes rotations take turns: the second keeps the secret of the first as the previous one. */
  rotate(actor: Actor, query: WriteQuery, appId: string, key: string, body: Rotation): Promise<KeyView & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      await findApp(manager, actor.accountId, appId, { lock: true });
      const pair = await this.keyPairs.rotate(manager, await findKey(manager, appId, key), body);
      await touchApp(change, appId);
      change.audit('app.key.rotate', 'app', appId, { key, overlapSeconds: body.overlapSeconds ?? 0 });
      return pair;
    });
  }

  /** The last one stays: an app without a key could not be told from one that never was. */
  remove(actor: Actor, query: WriteQuery, appId: string, key: string): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      await findApp(manager, actor.accountId, appId, { lock: true });
      await findKey(manager, appId, key);
      if ((await manager.countBy(AppKey, { appId })) === 1)
        throw conflict(
          'DependencyViolationLastKey',
          'This is the last key of the app: add another one first, or delete the app.',
        );
      await manager.delete(AppKey, { appId, key });
      await touchApp(change, appId);
      change.audit('app.key.delete', 'app', appId, { key });
      return {};
    });
  }
}

async function findKey(manager: EntityManager, appId: string, key: string): Promise<AppKey> {
  const found = await manager.findOneBy(AppKey, { appId, key });
  if (found === null) throw absent('key', key);
  return found;
}
