/** Management tokens: made, listed and revoked by the admins of their account. */
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EntityManager, type FindOptionsWhere, IsNull, MoreThan, Not } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { isOperator } from '../accounts/operator.js';
import type { Actor } from '../change/change.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { conflict, forbidden, refused } from '../http/problem.js';
import { hashToken } from '../http/token-guard.js';
import { Writes } from '../http/writes.js';
import type { CreateToken, NewToken, TokensQuery, TokenView } from './token.dto.js';
import { Token } from './token.entity.js';

const TOKEN_BYTES = 32;

@Injectable()
export class TokensService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
  ) {}

  create(actor: Actor, { name, role, ...body }: CreateToken): Promise<NewToken> {
    const accountId = accountOrRefuse(actor, body.accountId);
    const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt);
    if (expiresAt !== null && expiresAt.getTime() <= Date.now())
      throw refused([{ path: 'expiresAt', message: 'must lie in the future' }]);
    const id = newId();
    const token = `cwt_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    return this.writes.run(actor, { timeout: 0 }, async (change) => {
      await findOrRefuse(change.manager, Account, { id: accountId }, 'account');
      await change.manager.insert(Token, { id, accountId, name, role, expiresAt, tokenHash: hashToken(token) });
      change.audit('token.create', 'token', id, { name, role, accountId, expiresAt: expiresAt?.toISOString() ?? null });
      return { ...show(await change.manager.findOneByOrFail(Token, { id })), token };
    });
  }

  async list(actor: Actor, query: TokensQuery): Promise<Page<TokenView>> {
    const accountId = accountOrRefuse(actor, query.accountId);
    const after = cursorOf(query);
    const rows = await this.manager.find(Token, {
      where: { accountId, ...(after !== null && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query, ({ id }) => id, show);
  }

  async read(actor: Actor, id: string): Promise<TokenView> {
    return show(await findOrRefuse(this.manager, Token, visible(actor, id), 'token'));
  }

  /** Takes effect with the next request: every request looks its token up. */
  async revoke(actor: Actor, id: string, tag: string | null): Promise<void> {
    await this.writes.run(actor, { timeout: 0 }, async (change) => {
      const { manager } = change;
      const { accountId } = await findOrRefuse(manager, Token, visible(actor, id), 'token');
      // Admins who revoke each other take turns, so that one of them stays.
      await findOrRefuse(manager, Account, { id: accountId }, 'account', { lock: true });
      const token = await findOrRefuse(manager, Token, { id }, 'token', { lock: true });
      matchOrRefuse(tag, show(token));
      if (token.role === 'admin' && accountId === actor.accountId && !(await hasOtherAdmin(manager, token)))
        throw conflict('LastAdminToken', 'This is the last admin token of its account: make another one first.');
      await manager.delete(Token, { id });
      change.audit('token.revoke', 'token', id, { name: token.name, role: token.role, accountId });
      return {};
    });
  }
}

/** The account that is named, which only the operator may do for another than his own. */
function accountOrRefuse(actor: Actor, accountId = actor.accountId): string {
  if (accountId !== actor.accountId && !isOperator(actor))
    throw forbidden('Only an admin of the default account may name another account.');
  return accountId;
}

function visible(actor: Actor, id: string): FindOptionsWhere<Token> & { id: string } {
  return isOperator(actor) ? { id } : { id, accountId: actor.accountId };
}

async function hasOtherAdmin(manager: EntityManager, { id, accountId }: Token): Promise<boolean> {
  const other = { accountId, role: 'admin' as const, id: Not(id) };
  return manager.existsBy(Token, [
    { ...other, expiresAt: IsNull() },
    { ...other, expiresAt: MoreThan(new Date()) },
  ]);
}

function show({ id, name, role, accountId, createdAt, expiresAt, lastUsedAt }: Token): TokenView {
  return {
    id,
    name,
    role,
    accountId,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
