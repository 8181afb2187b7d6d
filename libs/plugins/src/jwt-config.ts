/** What a jwtAuth plugin may be told, and what is wrong with it (plugins, section 5.4). */
import { z } from 'zod';
import { ClaimParameter } from './jwt-claims.js';
import { Jwk, MAX_KEYS, MAX_NAMELESS, readKey } from './jwt-keys.js';
import { text } from './kit/fields.js';
import type { Doubt, Findings, Problem } from './kit/plugin.js';

const JwkList = z.array(Jwk).min(1).max(MAX_KEYS);

export const jwtSchema = z.strictObject({
  parameter: text(128)
    .pipe(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header, query parameter or cookie'))
    .describe('where the token is: the name of a header, query parameter or cookie'),
  parameterLocation: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.toLowerCase() : value),
      z.enum(['header', 'query', 'cookie']).optional(),
    )
    .describe('absent: where the API’s parameter of that name is'),
  claimParameters: z.array(ClaimParameter).max(64).default([]).describe('claims that the backend gets as parameters'),
  preventJtiReplay: z.boolean().default(false).describe('each token passes once, by its claim jti'),
  bypassEmptyToken: z.boolean().default(false).describe('a request without a token passes, unverified'),
  ignoreExpirationCheck: z.boolean().default(false).describe('exp does not count'),
  jwk: Jwk.optional().describe('the key; exactly one of jwk, jwks and jwksUri'),
  jwks: z
    .union([JwkList, z.looseObject({ keys: JwkList })], { error: 'must be a list of keys, or an object with a list "keys"' })
    .optional(),
  jwksUri: z
    .string()
    .max(1024)
    .regex(/^https?:\/\/[A-Za-z0-9._~[\]:-]+(?:\/[!$-;=@-Z_a-z~]*)?(?:\?[!$-;=?@-Z_a-z~]*)?$/, 'must be the URL of a key set')
    .refine((uri) => URL.canParse(uri), 'must be the URL of a key set')
    .optional()
    .describe('where the keys are; https, or an internal domain'),
  blockClaimParameterName: text(128).pipe(z.string().min(1)).optional().describe('the claim that blockByDataSet holds values of'),
  blockByDataSet: text(32).optional().describe('a dataset of type JWT_BLOCKING'),
});

export type JwtConfig = z.infer<typeof jwtSchema>;

/** The keys that stand in a configuration, each with its field. */
export function listedKeys({ jwk, jwks }: JwtConfig): Array<{ readonly path: string; readonly jwk: Jwk }> {
  if (jwk !== undefined) return [{ path: 'jwk', jwk }];
  if (Array.isArray(jwks)) return jwks.map((each, n) => ({ path: `jwks[${n}]`, jwk: each }));
  return (jwks?.keys ?? []).map((each, n) => ({ path: `jwks.keys[${n}]`, jwk: each }));
}

export function checkJwt(config: JwtConfig): Findings {
  const problems: Problem[] = [];
  const warnings: Doubt[] = [];
  const given = (['jwk', 'jwks', 'jwksUri'] as const).filter((field) => config[field] !== undefined);
  if (given.length === 0) problems.push({ path: 'jwk', message: 'is required, unless jwks or jwksUri is given' });
  for (const path of given.slice(1)) problems.push({ path, message: `is not for use with ${given[0]}` });
  const kids = new Set<string>();
  let nameless = 0;
  for (const { path, jwk } of listedKeys(config)) {
    const key = readKey(jwk);
    if (typeof key === 'string') problems.push({ path, message: key });
    if (jwk.kid === undefined) nameless++;
    else if (kids.has(jwk.kid)) problems.push({ path: `${path}.kid`, message: `"${jwk.kid}" stands twice` });
    else kids.add(jwk.kid);
  }
  if (nameless > MAX_NAMELESS) problems.push({ path: 'jwks', message: `holds more than ${MAX_NAMELESS} keys without kid` });
  const { blockClaimParameterName: name, blockByDataSet: id } = config;
  if (name !== undefined && id === undefined)
    problems.push({ path: 'blockByDataSet', message: 'is required with blockClaimParameterName' });
  if (name === undefined && id !== undefined)
    problems.push({ path: 'blockClaimParameterName', message: 'is required with blockByDataSet' });
  const places = new Set<string>();
  for (const [n, { location, parameterName }] of config.claimParameters.entries()) {
    const place = `${location} ${location === 'header' ? parameterName.toLowerCase() : parameterName}`;
    if (places.has(place)) problems.push({ path: `claimParameters[${n}].parameterName`, message: 'is there twice' });
    places.add(place);
  }
  if (config.jwksUri?.startsWith('http:') === true)
    warnings.push({
      path: 'jwksUri',
      message: 'http is for internal domains only; other addresses must be https',
      code: 'plain-key-address',
    });
  return { problems, warnings };
}

/** Ids are kept until `exp`, which then ends nothing. */
export function jwtDoubts({ preventJtiReplay, ignoreExpirationCheck }: JwtConfig): Doubt[] {
  if (!preventJtiReplay || !ignoreExpirationCheck) return [];
  const message = 'ids are remembered until tokens expire: after that one passes again, since expiration is ignored';
  return [{ path: 'preventJtiReplay', code: 'replay-after-expiry', message }];
}
