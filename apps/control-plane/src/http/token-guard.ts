/** Finds out who calls, by the bearer token, and whether the route is for them. */
import { createHash } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { DataSource } from 'typeorm';
import { ALLOW, mayAct, type Role } from './allow.js';
import type { ActingRequest } from './current-actor.js';
import { forbidden, Problem } from './problem.js';
import { requestIdOf } from './request-id.js';

/** A token's last use is written down at most this often. */
const LAST_USE_SECONDS = 60;

interface TokenRow {
  id: string;
  name: string;
  role: Role;
  account_id: string;
  is_default: boolean;
  stale: boolean;
}

/** How a token stands in the store. Tokens are 256 random bits, so that one round of SHA-256 is enough. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

@Injectable()
export class TokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly dataSource: DataSource,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const needed = this.reflector.getAllAndOverride<Role | 'open' | undefined>(ALLOW, [context.getHandler(), context.getClass()]);
    if (needed === 'open') return true;
    if (needed === undefined) throw new Error(`${context.getClass().name}.${context.getHandler().name} declares no permission`);
    const http = context.switchToHttp();
    const request = http.getRequest<ActingRequest>();
    const row = await this.find(request.headers.authorization);
    if (!mayAct(row.role, needed)) throw forbidden(`This needs the role ${needed}; the token has ${row.role}.`);
    request.actor = {
      accountId: row.account_id,
      isDefaultAccount: row.is_default,
      tokenId: row.id,
      tokenName: row.name,
      role: row.role,
      requestId: requestIdOf(http.getResponse<Response>()),
    };
    return true;
  }

  private async find(authorization: string | undefined): Promise<TokenRow> {
    const token = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
    if (token === undefined)
      throw new Problem(401, 'Unauthorized', 'Send a management token as "Authorization: Bearer <token>".');
    // Looked up by hash: what a caller could learn from timing is about a hash they cannot steer.
    const [row]: TokenRow[] = await this.dataSource.query(
      `SELECT t.id, t.name, t.role, t.account_id, a.is_default,
              t.last_used_at IS NULL OR t.last_used_at < now() - make_interval(secs => $2) AS stale
       FROM tokens t JOIN accounts a ON a.id = t.account_id
       WHERE t.token_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > now())`,
      [hashToken(token), LAST_USE_SECONDS],
    );
    if (row === undefined) throw new Problem(401, 'Unauthorized', 'The token is unknown, expired or revoked.');
    if (row.stale) await this.dataSource.query('UPDATE tokens SET last_used_at = now() WHERE id = $1', [row.id]);
    return row;
  }
}
