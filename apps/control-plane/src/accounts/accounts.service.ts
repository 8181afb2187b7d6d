/** Accounts: made, listed and removed by the operator. */
import { Injectable } from '@nestjs/common';
import { EntityManager, MoreThan } from 'typeorm';
import type { Actor } from '../change/change.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, type PageQuery, pageOf } from '../http/page.js';
import { conflict } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import { Writes } from '../http/writes.js';
import type { AccountView, CreateAccount } from './account.dto.js';
import { Account } from './account.entity.js';
import { operatorOrRefuse } from './operator.js';

/** What keeps an account. Its tokens do not: they go with it. */
const OWNED = {
  instances: 'instances',
  groups: 'groups',
  apis: 'APIs',
  apps: 'apps',
  grants: 'grants',
  plugins: 'plugins',
  vpc_accesses: 'VPC accesses',
  datasets: 'datasets',
  certificates: 'certificates',
};

@Injectable()
export class AccountsService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
  ) {}

  async create(actor: Actor, { name }: CreateAccount): Promise<AccountView> {
    operatorOrRefuse(actor);
    return this.writes.run(actor, { timeout: 0 }, async (change) => {
      const id = newId();
      await refuseTaken(change.manager, Account, 'DuplicateAccount', { name: { name } });
      await change.manager.insert(Account, { id, name });
      change.audit('account.create', 'account', id, { name });
      return show(await change.manager.findOneByOrFail(Account, { id }));
    });
  }

  async list(actor: Actor, query: PageQuery): Promise<Page<AccountView>> {
    operatorOrRefuse(actor);
    const after = cursorOf(query);
    const rows = await this.manager.find(Account, {
      where: after === null ? {} : { id: MoreThan(after) },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query, ({ id }) => id, show);
  }

  async read(actor: Actor, id: string): Promise<AccountView> {
    operatorOrRefuse(actor);
    return show(await findOrRefuse(this.manager, Account, { id }, 'account'));
  }

  /** Takes the account's tokens along; refused while anything else is in it. */
  async remove(actor: Actor, id: string, tag: string | null): Promise<void> {
    operatorOrRefuse(actor);
    await this.writes.run(actor, { timeout: 0 }, async (change) => {
      const account = await findOrRefuse(change.manager, Account, { id }, 'account', { lock: true });
      matchOrRefuse(tag, show(account));
      if (account.isDefault) throw conflict('DefaultAccount', 'The default account stays.');
      const owned = await listOwned(change.manager, id);
      if (owned.length > 0) throw conflict('DependencyViolationAccount', `The account still owns ${owned.join(', ')}.`);
      await change.manager.delete(Account, { id });
      change.audit('account.delete', 'account', id, { name: account.name });
      return {};
    });
  }
}

async function listOwned(manager: EntityManager, id: string): Promise<string[]> {
  const counts = Object.keys(OWNED).map((table) => `(SELECT count(*) FROM ${table} WHERE account_id = $1)::integer AS ${table}`);
  const [row]: Record<string, number>[] = await manager.query(`SELECT ${counts.join(', ')}`, [id]);
  return Object.entries(OWNED).flatMap(([table, words]) => (row?.[table] ? [`${words} (${row[table]})`] : []));
}

function show({ id, name, isDefault, createdAt }: Account): AccountView {
  return { id, name, isDefault, createdAt: createdAt.toISOString() };
}
