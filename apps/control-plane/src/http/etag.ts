/** Versions of single resources: an ETag on reads, honoured by If-Match on writes. */
import { createHash } from 'node:crypto';
import {
  applyDecorators,
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';
import { SINGLE_MARK } from '../open-api/headers.js';
import { Problem } from './problem.js';

/** A strong tag of a resource as it is shown. */
export function etagOf(representation: object): string {
  return `"${createHash('sha256').update(JSON.stringify(representation)).digest('base64url').slice(0, 27)}"`;
}

const SINGLE = 'causeway:single';

/** Says of a GET that it shows a single resource, where no field `id` tells. */
export function Single(): MethodDecorator {
  return applyDecorators(SetMetadata(SINGLE, true), ApiExtension(SINGLE_MARK, true));
}

/** On every GET of a single resource, unless it shows secrets: If-Match compares what is shown without them. */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { method, query } = http.getRequest<Request>();
    if (method !== 'GET' || query.reveal !== undefined) return next.handle();
    const isSingle = Reflect.hasMetadata(SINGLE, context.getHandler());
    return next.handle().pipe(
      map((body: unknown) => {
        if (typeof body === 'object' && body !== null && (isSingle || 'id' in body))
          http.getResponse<Response>().setHeader('ETag', etagOf(body));
        return body;
      }),
    );
  }
}

/** The If-Match of a write; null when there is none. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): string | null => {
  return context.switchToHttp().getRequest<Request>().headers['if-match'] ?? null;
});

/** 412 unless the caller has seen the resource as it now is. `*` matches any. */
export function matchOrRefuse(tag: string | null, representation: object): void {
  if (tag === null || tag.trim() === '*') return;
  const current = etagOf(representation);
  if (tag.split(',').some((each) => each.trim() === current)) return;
  throw new Problem(412, 'PreconditionFailed', 'The resource has changed since you read it: read it again, then repeat.');
}
