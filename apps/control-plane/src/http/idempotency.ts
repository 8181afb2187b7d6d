/** `Idempotency-Key` on POST: the same key and request get the first answer again, so that a repetition is safe. */
import { createHash, randomUUID } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { catchError, from, mergeMap, type Observable, of } from 'rxjs';
import { DataSource } from 'typeorm';
import { LostAttempt } from '../change/lost-attempt.js';
import { StoredSecrets } from '../secrets/stored-secrets.js';
import type { ActingRequest } from './current-actor.js';
import { conflict, Problem } from './problem.js';

const KEY = /^[\x21-\x7e]{1,128}$/;
/** How long an answer is remembered, hours. */
const KEPT_HOURS = 24;
/** An attempt that has committed nothing after this was cut off, and may be taken over, seconds. */
const CUT_OFF_SECONDS = 90;
/** Keys of one token at a time: what is remembered stays bounded whatever a client sends. */
const MAX_KEYS = 10_000;

interface Row {
  request_hash: string;
  committed: boolean;
  status: number | null;
  answer: string | null;
}

interface Held {
  readonly tokenId: string;
  readonly key: string;
  readonly attempt: string;
}

@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: StoredSecrets,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<ActingRequest>();
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || key === undefined || request.actor === undefined) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key))
      throw new Problem(400, 'InvalidIdempotencyKey', 'Idempotency-Key must be 1 to 128 visible ASCII characters.');
    const held = { tokenId: request.actor.tokenId, key, attempt: randomUUID() };
    const response = http.getResponse<Response>();
    return from(this.begin(held, hashOf(request))).pipe(
      mergeMap((known) => {
        if (known !== null) return of(this.replay(held, known, response));
        request.actor = { ...request.actor!, idempotentAttempt: held.attempt };
        return next.handle().pipe(
          mergeMap((answer: unknown) => from(this.keep(held, response.statusCode, answer))),
          catchError((error: unknown) => from(this.giveBack(held, error))),
        );
      }),
    );
  }

  /** Takes the key; gives what is known of it when it was taken before. */
  private async begin({ tokenId, key, attempt }: Held, requestHash: string): Promise<Row | null> {
    await this.dataSource.query('DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(hours => $1)', [
      KEPT_HOURS,
    ]);
    const taken: unknown[] = await this.dataSource.query(
      `INSERT INTO idempotency_keys AS k (token_id, key, request_hash, attempt)
       SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM idempotency_keys WHERE token_id = $1) < $6
       ON CONFLICT (token_id, key) DO UPDATE SET attempt = excluded.attempt, created_at = now()
         WHERE NOT k.committed AND k.answer IS NULL AND k.request_hash = excluded.request_hash
           AND k.created_at < now() - make_interval(secs => $5)
       RETURNING 1`,
      [tokenId, key, requestHash, attempt, CUT_OFF_SECONDS, MAX_KEYS],
    );
    if (taken.length > 0) return null;
    const [row]: Row[] = await this.dataSource.query(
      'SELECT request_hash, committed, status, answer FROM idempotency_keys WHERE token_id = $1 AND key = $2',
      [tokenId, key],
    );
    if (row === undefined)
      throw new Problem(
        429,
        'TooManyIdempotencyKeys',
        `A token may have ${MAX_KEYS} keys a day: send this one without, or later.`,
      );
    if (row.request_hash !== requestHash)
      throw conflict('IdempotencyKeyReused', 'This Idempotency-Key came with another request before: use a new one.');
    return row;
  }

  private replay({ tokenId, key }: Held, { committed, status, answer }: Row, response: Response): unknown {
    if (answer !== null) {
      response.status(status!);
      return JSON.parse(this.secrets.open(answerPath(tokenId, key), answer));
    }
    if (committed)
      throw conflict(
        'IdempotentAnswerLost',
        'The request was carried out, but its answer is not known (yet): read the resource.',
      );
    throw conflict('IdempotencyKeyInUse', 'A request with this Idempotency-Key is under way: repeat it in a moment.');
  }

  private async keep({ tokenId, key, attempt }: Held, status: number, answer: unknown): Promise<unknown> {
    const text = JSON.stringify(answer ?? null);
    await this.dataSource.query('UPDATE idempotency_keys SET status = $2, answer = $3 WHERE attempt = $1', [
      attempt,
      status,
      this.secrets.seal(answerPath(tokenId, key), text),
    ]);
    return answer;
  }

  /** A refusal changed nothing, so the key is free again. */
  private async giveBack({ attempt }: Held, error: unknown): Promise<never> {
    await this.dataSource.query('DELETE FROM idempotency_keys WHERE attempt = $1 AND NOT committed', [attempt]);
    if (error instanceof LostAttempt) throw conflict('IdempotencyKeyInUse', `${error.message} Repeat the request in a moment.`);
    throw error;
  }
}

/** Where an answer is sealed. */
export function answerPath(tokenId: string, key: string): string {
  return `idempotency/${tokenId}/${key}`;
}

function hashOf({ method, originalUrl, body }: Request): string {
  return createHash('sha256')
    .update(JSON.stringify([method, originalUrl, body ?? null]))
    .digest('hex');
}
