/** Every refusal that the data plane can give: the one place to add a code. */

/** Whose doing it is: the caller's, the gateway's (its configuration or itself), or the backend's. */
export type Fault = 'client' | 'gateway' | 'backend';

export interface ErrorRow {
  /** The default status; its digits stand in the code. */
  readonly status: number;
  /** Text of `X-Ca-Error-Message`; `${Name}` marks what the refusal fills in. */
  readonly message: string;
  readonly fault: Fault;
  /** When it is given, for the reference. */
  readonly when: string;
}

export const ERROR_TABLE = {
  I400HD: {
    status: 400,
    fault: 'client',
    message: 'Invalid Header `${HeaderName}` ${Reason}',
    when: 'Illegal request header: bad name or value, duplicate credential or Host header, conflicting framing, header section too large, X-Ca-Timestamp not a number, X-Ca-Nonce too long, X-Ca-Signature-Method unknown or not allowed by the API',
  },
  I400MH: {
    status: 400,
    fault: 'client',
    message: 'Header `${HeaderName}` is Required',
    when: 'Required header missing: Host, X-Ca-Signature with X-Ca-Key, X-Ca-Timestamp (signed) with ForceNonceCheck',
  },
  I400BD: {
    status: 400,
    fault: 'client',
    message: 'Invalid Body: ${Reason}',
    when: 'Body cannot be read: form not decodable, body cut off, body idle too long',
  },
  I400PA: {
    status: 400,
    fault: 'client',
    message: 'Invalid Request Path `${Reason}`',
    when: 'Dot segment, bad percent triplet or invalid UTF-8 in the path',
  },
  I400RU: {
    status: 400,
    fault: 'client',
    message: 'Invalid Request Uri `${Reason}`',
    when: 'Request target violates RFC 3986 outside the path rules',
  },
  I400CT: {
    status: 400,
    fault: 'client',
    message: 'Invalid Content-Type: `${Reason}`',
    when: 'Form charset not supported; body not urlencoded where BodyFormat FORM is declared',
  },
  I400SG: { status: 400, fault: 'client', message: 'Invalid Stage', when: 'X-Ca-Stage names no stage of the group' },
  I400I5: {
    status: 400,
    fault: 'client',
    message: 'Invalid Content-MD5',
    when: 'Content-MD5 of a signed request differs from the body, or the body is empty',
  },
  I400NC: {
    status: 400,
    fault: 'client',
    message: 'X-Ca-Nonce is required',
    when: 'API has ForceNonceCheck; nonce missing or not in X-Ca-Signature-Headers',
  },
  I400MP: {
    status: 400,
    fault: 'client',
    message: 'Parameter `${ParameterName}` is Required',
    when: 'Required API parameter missing',
  },
  I400IP: {
    status: 400,
    fault: 'client',
    message: 'Invalid Parameter `${ParameterName}` ${Reason}',
    when: 'API parameter fails a type, range, length, enum, pattern or schema check; value not allowed in a header',
  },
  I400JR: { status: 400, fault: 'client', message: 'JWT required', when: 'jwtAuth: no token and bypassEmptyToken is off' },
  I400JD: {
    status: 400,
    fault: 'client',
    message: 'JWT Decode Failed: ${Reason}',
    when: 'jwtAuth: token is not a decodable JWS',
  },
  I400JP: {
    status: 400,
    fault: 'gateway',
    message: 'Invalid JWT Plugin Config: ${Reason}',
    when: 'jwtAuth: stored key material cannot be used',
  },
  I403PT: {
    status: 403,
    fault: 'client',
    message: 'Invalid protocol ${Protocol} unsupported',
    when: 'Protocol of the connection is not enabled on the API',
  },
  I403AA: { status: 403, fault: 'client', message: 'Unauthorized', when: 'Application has no grant for this API and stage' },
  I404DO: {
    status: 404,
    fault: 'client',
    message: 'Invalid Domain `${DomainName}`',
    when: 'Host not served by this listener; internal domain unknown, switched off or called from outside',
  },
  I404NF: {
    status: 404,
    fault: 'client',
    message: 'API not found ${Reason}',
    when: 'No API for path and method in the stage, or no group with a matching base path',
  },
  I404CO: {
    status: 404,
    fault: 'client',
    message: 'Cross-Origin Preflight: API not found',
    when: 'CORS preflight whose path matches no API in the stage for the requested method',
  },
  I405UM: {
    status: 405,
    fault: 'client',
    message: 'Unsupported Method `${Reason}`',
    when: 'Method is not GET, POST, PUT, DELETE, PATCH, HEAD or OPTIONS',
  },
  I410GG: { status: 410, fault: 'gateway', message: "Group's instance invalid", when: 'Group was moved to another instance' },
  I413RL: { status: 413, fault: 'client', message: 'Request body too Large', when: 'Body over limits.body' },
  I413UL: { status: 413, fault: 'client', message: 'Request URL too Large', when: 'Request target over limits.url' },
  I504RB: {
    status: 504,
    fault: 'gateway',
    message: 'Routing backend incomplete: ${Reason}',
    when: 'Route overlay leaves the backend without a required field',
  },
  I508LD: {
    status: 508,
    fault: 'gateway',
    message: 'Loop Detected: ${Chain}',
    when: 'Own hop id already occurs loop.maxDepth times in the call chain',
  },
  A400MA: {
    status: 400,
    fault: 'client',
    message: 'Need authorization, `X-Ca-Key` or `Authorization: APPCODE ...` is required',
    when: 'APP API called without usable credentials',
  },
  A400IK: { status: 400, fault: 'client', message: 'Invalid AppKey', when: 'AppKey unknown, or its application disabled' },
  A400AC: {
    status: 400,
    fault: 'client',
    message: 'Invalid AppCode ${Reason}',
    when: 'AppCode unknown, or its application disabled',
  },
  A401BA: {
    status: 401,
    fault: 'client',
    message: 'Basic authorization required',
    when: 'basicAuth: no, malformed or wrong credentials; WWW-Authenticate is sent',
  },
  A403IS: {
    status: 403,
    fault: 'client',
    message: 'Invalid Signature, Server StringToSign:`${StringToSign}`',
    when: 'Signature does not match; LF shown as #',
  },
  A403EP: {
    status: 403,
    fault: 'client',
    message: 'App authorization expired',
    when: 'Grant exists but its AuthValidTime has passed',
  },
  A403IP: {
    status: 403,
    fault: 'client',
    message: 'Access denied by IP Control Policy',
    when: 'ipControl plugin or instance ACL refuses the address',
  },
  A403AC: {
    status: 403,
    fault: 'client',
    message: 'Access Control Forbidden by ${RuleName}',
    when: 'accessControl rule answers DENY (status and message may be set by the rule)',
  },
  A403CO: {
    status: 403,
    fault: 'client',
    message: 'Cross-Origin Resource Forbidden ${Origin}',
    when: 'cors plugin does not allow the origin, method or header',
  },
  A403IN: {
    status: 403,
    fault: 'client',
    message: 'Unsupported access from Internet',
    when: 'API has DisableInternet and was called on the public listener',
  },
  A403VN: {
    status: 403,
    fault: 'client',
    message: 'Unsupported access from VPC ${VpcId}',
    when: 'Group VPC whitelist does not hold the calling VPC',
  },
  A403JT: {
    status: 403,
    fault: 'client',
    message: 'Invalid JWT: ${Reason}',
    when: 'jwtAuth: signature wrong, algorithm not allowed, not yet valid',
  },
  A403JK: { status: 403, fault: 'client', message: 'No matching JWK, `${kid}` not found', when: 'jwtAuth: no key for the token' },
  A403JE: { status: 403, fault: 'client', message: 'JWT is expired at `${Time}`', when: 'jwtAuth: exp passed' },
  A403JB: { status: 403, fault: 'client', message: 'JWT is blocked', when: 'jwtAuth: claim value found in the blocking dataset' },
  A403RA: {
    status: 403,
    fault: 'client',
    message: 'Remote authorization failed',
    when: 'remoteAuth: successCondition is false (status and message may be set by the plugin)',
  },
  S403TE: {
    status: 403,
    fault: 'client',
    message: 'X-Ca-Timestamp is expired',
    when: 'X-Ca-Timestamp more than 15 minutes from the gateway clock, either way',
  },
  S403NU: {
    status: 403,
    fault: 'client',
    message: 'X-Ca-Nonce is used',
    when: 'Nonce already used with this AppKey inside its window',
  },
  S403JI: {
    status: 403,
    fault: 'client',
    message: 'Claim `jti` is required when `preventJtiReplay` is configured',
    when: 'jwtAuth: jti missing',
  },
  S403JU: { status: 403, fault: 'client', message: 'Claim `jti` in JWT is used', when: 'jwtAuth: jti seen before' },
  T429IN: { status: 429, fault: 'client', message: 'Throttled by INSTANCE Flow Control', when: 'Instance RPS limit reached' },
  T429GR: { status: 429, fault: 'client', message: 'Throttled by GROUP Flow Control', when: 'Group TrafficLimit reached' },
  T429PR: {
    status: 429,
    fault: 'client',
    message: 'Throttled by PLUGIN Flow Control',
    when: 'trafficControl plugin limit reached; Retry-After is sent',
  },
  D502BR: {
    status: 502,
    fault: 'backend',
    message: 'Invalid backend response `${Reason}`',
    when: 'Backend answer is not HTTP, or its header section is too large',
  },
  D503CB: {
    status: 503,
    fault: 'backend',
    message: 'Backend circuit breaker is open',
    when: 'Circuit breaker open and no downgradeBackend',
  },
  D503BB: {
    status: 503,
    fault: 'backend',
    message: 'Backend circuit breaker is busy',
    when: 'Circuit breaker half-open and all probe slots taken',
  },
  D503RA: {
    status: 503,
    fault: 'backend',
    message: 'Remote authorization service failed `${Reason}`',
    when: 'remoteAuth: authorization service unreachable, timed out or its answer unusable',
  },
  D504CO: {
    status: 504,
    fault: 'backend',
    message: 'Backend service connect failed `${Reason}`',
    when: 'Connection refused, timed out or closed',
  },
  D504RE: {
    status: 504,
    fault: 'backend',
    message: 'Backend service domain resolve failed',
    when: 'Backend name does not resolve',
  },
  D504IL: {
    status: 504,
    fault: 'backend',
    message: 'Backend service domain resolved to an illegal address',
    when: 'Backend address, or what its name resolves to, is one that no backend may have',
  },
  D504CS: {
    status: 504,
    fault: 'backend',
    message: 'Backend service SSL handshake failed ${Reason}',
    when: 'TLS to the backend failed',
  },
  D504TO: {
    status: 504,
    fault: 'backend',
    message: 'Backend service request timeout',
    when: 'No complete answer inside the backend timeout',
  },
  N502RE: {
    status: 502,
    fault: 'client',
    message: 'Client connection closed',
    when: 'Client closed before the answer; log record only, never sent',
  },
  X400PM: {
    status: 400,
    fault: 'gateway',
    message: 'Invalid plugin meta ${PluginName} ${Reason}',
    when: 'A plugin bound to the API cannot be compiled; the request is refused',
  },
  X500AM: {
    status: 500,
    fault: 'gateway',
    message: 'Invalid Api Meta, try deploy again',
    when: 'The deployed API definition cannot be compiled',
  },
  X500ER: { status: 500, fault: 'gateway', message: 'Internal Error', when: 'Unexpected failure' },
  X501NS: {
    status: 501,
    fault: 'gateway',
    message: 'Not Supported: ${Feature}',
    when: 'Definition or request needs a feature this gateway does not have (backend type, WebSocket)',
  },
  X503BZ: {
    status: 503,
    fault: 'gateway',
    message: 'Service Busy',
    when: 'Overload, shutdown, or a store needed for a forced security check is unreachable',
  },
  X504VE: {
    status: 504,
    fault: 'gateway',
    message: 'VPC access `${Name}` is invalid',
    when: 'HTTP-VPC backend names an access that does not exist or is disabled',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;
