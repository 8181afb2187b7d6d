/** Finds out who calls, by the bearer token, and whether the route is for them. */
import { createHash } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { DataSource } from 'typeorm';
import { FailedTokens } from '../limits/failed-tokens.js';
import { TokenRequests } from '../limits/token-requests.js';
import { LAST_USE_SECONDS, LastUse } from '../tokens/last-use.js';
import { ALLOW, mayAct, type Role } from './allow.js';
import type { ActingRequest } from './current-actor.js';
import { forbidden, Problem } from './problem.js';
import { requestIdOf } from './request-id.js';

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
    private readonly failedTokens: FailedTokens,
    private readonly tokenRequests: TokenRequests,
    private readonly lastUse: LastUse,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const needed = this.reflector.getAllAndOverride<Role | 'open' | undefined>(ALLOW, [context.getHandler(), context.getClass()]);
    if (needed === 'open') return true;
    if (needed === undefined) throw new Error(`${context.getClass().name}.${context.getHandler().name} declares no permission`);
    const http = context.switchToHttp();
    const request = http.getRequest<ActingRequest>();
    const response = http.getResponse<Response>();
    const row = await this.find(request, response);
    if (row.stale) this.lastUse.note(row.id);
    await this.tokenRequests.count(row, response);
    if (!mayAct(row.role, needed)) throw forbidden(`This needs the role ${needed}; the token has ${row.role}.`);
    request.actor = {
      accountId: row.account_id,
      isDefaultAccount: row.is_default,
      tokenId: row.id,
      tokenName: row.name,
      role: row.role,
      requestId: requestIdOf(response),
    };
    return true;
  }

  private async find(request: Request, response: Response): Promise<TokenRow> {
    const { authorization } = request.headers;
    // Who shows nothing does not guess.
    if (authorization === undefined) throw unauthorized();
    const token = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1];
    const row = await this.failedTokens.judge(request, response, authorization, () => this.lookUp(token));
    if (row !== null) return row;
    throw token === undefined ? unauthorized() : new Problem(401, 'Unauthorized', 'The token is unknown, expired or revoked.');
  }

  /** Asks the database every time: a token that was revoked is refused in the next request, on every control plane. */
  private async lookUp(token: string | undefined): Promise<TokenRow | null> {
    if (token === undefined) return null;
    // Looked up by hash: what a caller could learn from timing is about a hash they cannot steer.
    const [row]: TokenRow[] = await this.dataSource.query(
      `SELECT t.id, t.name, t.role, t.account_id, a.is_default,
              t.last_used_at IS NULL OR t.last_used_at < now() - make_interval(secs => $2) AS stale
       FROM tokens t JOIN accounts a ON a.id = t.account_id
       WHERE t.token_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > now())`,
      [hashToken(token), LAST_USE_SECONDS],
    );
    return row ?? null;
  }
}

function unauthorized(): Problem {
  return new Problem(401, 'Unauthorized', 'Send a management token as "Authorization: Bearer <token>".');
}
