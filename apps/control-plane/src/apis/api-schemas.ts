/** The documents of an API as the reference shows them, made from what checks them. */
import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { ApiBatchAnswer, ApiBatchBody } from './api-batch-document.js';
import { ApiUpdate, ApiView, NewApi } from './api-document.js';

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

export const newApiSchema = toOpenApi(NewApi, 'input');
export const apiUpdateSchema = toOpenApi(ApiUpdate, 'input');
export const apiViewSchema = toOpenApi(ApiView, 'output');

export const apiPageSchema = toOpenApi(z.object({ items: z.array(ApiView), next: z.string().nullable() }), 'output');

export const apiBatchSchema = toOpenApi(ApiBatchBody, 'input');
export const apiBatchAnswerSchema = toOpenApi(ApiBatchAnswer, 'output');

export const exampleApi = {
  name: 'business1',
  auth: 'APP',
  request: { protocols: ['HTTP'], method: 'GET', path: '/business1' },
  backend: { type: 'HTTP', address: 'http://backend1.alicloudapi.com:8080', path: '/business1', method: 'GET' },
};

export function toOpenApi(schema: z.ZodType, io: 'input' | 'output'): Schema {
  return z.toJSONSchema(schema, { target: 'openapi-3.0', io }) as Schema;
}
