/** Refusals of the management API; the filter turns them into problem+json. */

export interface FieldError {
  /** Such as `routes[0].condition`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors?: readonly FieldError[],
  ) {
    super(detail);
    this.name = 'Problem';
  }
}

/** Codes that clients of the old gateway branch on; every other kind follows the pattern. */
const ABSENT_CODES: Record<string, string> = {
  group: 'ApiGroup',
  API: 'Api',
  key: 'AppKey',
  'VPC access': 'VpcAccess',
  'dataset item': 'DatasetItem',
};

/** 404: absent, or another account's: the answer does not tell which. */
export function absent(kind: string, id: string): Problem {
  const name = ABSENT_CODES[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1);
  return new Problem(404, `NotFound${name}`, `There is no ${kind} ${id.slice(0, 64)}.`);
}

/** 409: the request is sound but the state is against it. */
export function conflict(code: string, detail: string): Problem {
  return new Problem(409, code, detail);
}

/** 422: well-formed, but refused. */
export function refused(
  errors: readonly FieldError[],
  code = 'Refused',
  detail = 'The request is well-formed but refused.',
): Problem {
  return new Problem(422, code, detail, errors);
}

/** 400: not of the shape that the route takes. */
export function malformed(errors: readonly FieldError[]): Problem {
  return new Problem(400, 'InvalidRequest', 'The request does not have the right shape.', errors);
}

/** 403: the token may not do this. */
export function forbidden(detail: string): Problem {
  return new Problem(403, 'Forbidden', detail);
}
