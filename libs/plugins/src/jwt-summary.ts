/** What a jwtAuth configuration does, in plain words. */
import { type JwtConfig, listedKeys } from './jwt-config.js';
import { allOf, listed, shown } from './kit/words.js';

export function jwtSummary(config: JwtConfig): string[] {
  const { parameter, parameterLocation, claimParameters, bypassEmptyToken, preventJtiReplay, ignoreExpirationCheck } = config;
  const { blockClaimParameterName: claim, blockByDataSet: dataset } = config;
  const place = parameterLocation === undefined ? 'the API’s parameter' : `the ${PLACES[parameterLocation]}`;
  const sent = claimParameters.map(
    ({ claimName, location, parameterName }) => `${claimName} as ${PLACES[location]} ${parameterName}`,
  );
  return [
    `Asks for a JSON Web Token in ${place} ${parameter}.`,
    bypassEmptyToken ? 'A request without one passes, without claims.' : 'A request without one is refused.',
    `Its signature must fit ${keyWords(config)}.`,
    ignoreExpirationCheck ? 'A token that has expired passes, too.' : 'A token that has expired is refused.',
    ...(preventJtiReplay ? ['Each token passes once, by its claim jti.'] : []),
    ...(dataset === undefined ? [] : [`A token whose claim ${claim} is in the dataset ${dataset} is refused.`]),
    ...(sent.length === 0 ? [] : [`The backend gets ${allOf('claim', sent)}.`]),
  ];
}

const PLACES = {
  header: 'header',
  query: 'query parameter',
  cookie: 'cookie',
  path: 'path parameter',
  formData: 'form parameter',
} as const;

/** Of an address without the query, which may hold a credential. */
function keyWords(config: JwtConfig): string {
  if (config.jwksUri !== undefined) return `one of the keys at ${shown(config.jwksUri.replace(/\?.*$/, ''))}`;
  const keys = listedKeys(config).map(({ jwk: { kid, kty } }) =>
    kid === undefined ? `a key of type ${kty}` : `the key ${shown(kid)}`,
  );
  return listed(keys, 'or');
}
