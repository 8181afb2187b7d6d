/** Asks callers for a JSON Web Token and hands its claims on (plugins, section 5.4; RFC 7519). */
// hot
import { hash } from 'node:crypto';
import { claimsCheck, claimsInPath, claimsMapper } from './jwt-claims.js';
import { checkJwt, type JwtConfig, jwtDoubts, jwtSchema, listedKeys } from './jwt-config.js';
import { compileJudge } from './jwt-judge.js';
import { isKnownAlgorithm, KeySet, readKey } from './jwt-keys.js';
import { KEYS_TIMEOUT_MS, type Keys, MAX_KEYS_BYTES, remoteKeysOf } from './jwt-remote-keys.js';
import { jwtSummary } from './jwt-summary.js';
import { type Decoded, decodeToken, shown, type TokenPlace, tokenReader } from './jwt-token.js';
import { type Verified, verify } from './jwt-verify.js';
import { Answer, refuse } from './kit/answer.js';
import type { Exchange } from './kit/exchange.js';
import { type CompileContext, definePlugin, type Steps } from './kit/plugin.js';

export const jwtAuth = definePlugin({
  type: 'jwtAuth',
  description: 'Asks callers for a JSON Web Token, and hands its claims to conditions and to the backend.',
  schema: jwtSchema,
  secretPaths: [
    ['jwk', 'k'],
    ['jwks', '*', 'k'],
    ['jwks', 'keys', '*', 'k'],
  ],
  example: `parameter: Authorization
parameterLocation: header
claimParameters:
- claimName: sub
  parameterName: X-User-Id
  location: header
jwk:
  kty: EC
  crv: P-256
  x: f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU
  y: x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0
  kid: key-1
  alg: ES256
`,
  check: checkJwt,
  doubts: jwtDoubts,
  describe: jwtSummary,
  datasetsOf: ({ blockByDataSet: id }) =>
    id === undefined ? [] : [{ path: 'blockByDataSet', id, type: 'JWT_BLOCKING' as const }],
  pathParameters: ({ claimParameters }) => claimsInPath(claimParameters),
  compile(config, context): Steps {
    const place = placeOf(config, context);
    const read = tokenReader(config.parameter, place);
    const keys = keysOf(config, context);
    const judge = compileJudge(config, context);
    const unfit = claimsCheck(config.claimParameters);
    const mapped = claimsMapper(config.claimParameters);
    const { tokens } = context.services;
    const verifyNow = async (x: Exchange, token: string, decoded: Decoded, set: KeySet | null, key: string | null) => {
      const made = await verify(token, decoded, set, keys, x.arrivedAtMs);
      if (made instanceof Answer) return made;
      tokens.put(key !== null && made.set === set ? key : keyOf(made.set, token), made.verified, token.length);
      return judge(x, made.verified);
    };
    return {
      caller(x) {
        const token = read(x);
        if (token === null) return config.bypassEmptyToken ? unfit(x, null) : refuse('I400JR');
        if (token instanceof Answer) return token;
        const set = keys.current(x.arrivedAtMs);
        const key = set === null ? null : keyOf(set, token);
        const known = key === null ? undefined : (tokens.get(key) as Verified | undefined);
        if (known !== undefined) return judge(x, known);
        const decoded = decodeToken(token);
        if (decoded instanceof Answer) return decoded;
        if (!isKnownAlgorithm(decoded.alg))
          return refuse('A403JT', { Reason: `the algorithm ${shown(decoded.alg)} is not allowed` });
        return verifyNow(x, token, decoded, set, key);
      },
      ...(mapped !== undefined && { mapped }),
      // Cookies stand in no log anyway.
      ...(place !== 'cookie' && { credentials: [{ in: place, name: config.parameter }] }),
      needsForm: config.claimParameters.some(({ location }) => location === 'formData'),
    };
  },
});

/** Who knows the token and not the keys could not tell one from another. */
function keyOf({ version }: KeySet, token: string): string {
  return hash('sha256', `${version}${token}`, 'base64');
}

function placeOf({ parameter, parameterLocation }: JwtConfig, { parameterPlace }: CompileContext): TokenPlace {
  if (parameterLocation !== undefined) return parameterLocation;
  const place = parameterPlace(parameter);
  if (place === 'header' || place === 'query') return place;
  throw new Error(`parameterLocation is missing, and the API has no header or query parameter ${parameter}`);
}

/** Keys of a configuration that many APIs share are read once. */
const ownKeys = new WeakMap<JwtConfig, KeySet>();

function keysOf(config: JwtConfig, context: CompileContext): Keys {
  const { jwksUri } = config;
  if (jwksUri !== undefined) return remoteKeys(jwksUri, context);
  let set = ownKeys.get(config);
  if (set === undefined) {
    set = new KeySet(
      listedKeys(config)
        .flatMap(({ jwk }) => readKey(jwk))
        .filter((key) => typeof key !== 'string'),
    );
    ownKeys.set(config, set);
  }
  const own = set;
  return { current: () => own, again: () => null };
}

function remoteKeys(uri: string, { backend, services, pluginId }: CompileContext): Keys {
  const url = new URL(uri);
  const made = backend({ type: 'HTTP', address: url.origin, path: '/', method: 'GET', timeoutMs: KEYS_TIMEOUT_MS });
  if ('incomplete' in made) throw new Error(`jwksUri has ${made.incomplete}`);
  // Keys that somebody on the way can change are worth nothing.
  if (url.protocol === 'http:' && (made.backend as { kind?: string }).kind !== 'internal')
    throw new Error('jwksUri must be https, or an internal domain');
  const request = {
    backend: made.backend,
    method: 'GET',
    target: `${url.pathname}${url.search}`,
    headers: ['Accept', 'application/json'],
    body: null,
    timeoutMs: KEYS_TIMEOUT_MS,
    maxBodyBytes: MAX_KEYS_BYTES,
  };
  const keys = remoteKeysOf(services, pluginId, uri);
  // Whatever goes wrong is a rejection.
  const fetch = async () => services.fetcher.fetch(request, null);
  return { current: (nowMs) => keys.current(nowMs, fetch), again: (nowMs) => keys.again(nowMs, fetch) };
}
