/** Says who may call a route: exactly one of these stands on every handler. */
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiResponse } from '@nestjs/swagger';
import { ProblemBody } from './problem-body.js';

/** Roles of a token, each with all that those before it may. */
export const ROLES = ['viewer', 'publisher', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const ALLOW = 'causeway:allow';

/** A token of this role or a higher one. */
export function Allow(role: Role): MethodDecorator & ClassDecorator {
  return applyDecorators(
    SetMetadata(ALLOW, role),
    ApiBearerAuth(),
    ApiResponse({ status: 401, description: 'No token, or one that is unknown or expired.', type: ProblemBody }),
    ApiResponse({ status: 403, description: `The token's role is below ${role}.`, type: ProblemBody }),
    ApiResponse({
      status: 429,
      description: 'Too many requests with this token, or too many failed tokens from this address.',
      headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } },
      type: ProblemBody,
    }),
  );
}

/** Anyone, or a caller whom the route itself authenticates: probes, the reference, data planes. */
export function Open(): MethodDecorator & ClassDecorator {
  return SetMetadata(ALLOW, 'open');
}

export function mayAct(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
