/** Names in the reference what a route refuses, and with which status. */
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ProblemBody } from './problem-body.js';

const MEANINGS = {
  400: 'Not of the shape that the route takes; all complaints at once.',
  403: 'The token may not do this.',
  404: 'Absent, or another account’s.',
  409: 'Conflicts with the state: a name taken, something still in use, a switch off.',
  412: 'If-Match names an older version.',
  422: 'Well-formed but refused; all complaints at once.',
} as const;

export function Refuses(...statuses: readonly (keyof typeof MEANINGS)[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...statuses.map((status) => ApiResponse({ status, description: MEANINGS[status], type: ProblemBody })));
}
