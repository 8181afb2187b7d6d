/** Completes the refusals of every route: the media type, those that any route may answer, and the codes of each status. */
import type { OpenAPIObject } from '@nestjs/swagger';
import { codesOf } from './codes.js';
import type { Operation } from './operation.js';

const PROBLEM = 'application/problem+json';

const DESCRIPTIONS: Record<string, string> = {
  400: 'Not of the shape that the route takes; all complaints at once.',
  409: 'Conflicts with the state, or with another request under this Idempotency-Key.',
  413: 'The body is larger than 512 KiB.',
  415: 'The body is not JSON, or in a coding that is not known.',
  500: 'A fault of the gateway; the log has more under the request id.',
  503: 'The store does not answer.',
};

export function addRefusals(document: OpenAPIObject): void {
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods as Record<string, Operation>)) {
      const { responses } = operation;
      const refused = Object.keys(responses).filter((status) => Number(status) >= 400);
      for (const status of new Set([...refused, ...everywhere(method, operation)])) {
        const { content: _, ...said } = responses[status] ?? { description: DESCRIPTIONS[status] ?? '' };
        responses[status] = { ...said, content: { [PROBLEM]: { schema: problemWith(codesOf(method, path, status)) } } };
      }
    }
}

function everywhere(method: string, { parameters = [], requestBody }: Operation): string[] {
  const statuses = ['500', '503'];
  if (parameters.length > 0 || requestBody !== undefined || method === 'post') statuses.push('400');
  if (method === 'post') statuses.push('409');
  if (requestBody !== undefined) statuses.push('413', '415');
  return statuses;
}

function problemWith(codes: readonly string[]) {
  const problem = { $ref: '#/components/schemas/ProblemBody' };
  return codes.length === 0
    ? problem
    : { allOf: [problem, { type: 'object', properties: { code: { type: 'string', enum: [...codes] } } }] };
}
