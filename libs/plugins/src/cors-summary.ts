/** What a cors configuration does, in plain words. */
import { type CorsConfig, itemsOf } from './cors.js';
import { allOf, listed } from './kit/words.js';

export function corsSummary(config: CorsConfig): string[] {
  const { allowOrigins, allowMethods, allowHeaders = '*', exposeHeaders, allowCredentials, maxAge } = config;
  const [origins, methods, headers, exposed] = [allowOrigins, allowMethods, allowHeaders, exposeHeaders].map(itemsOf) as [
    string[],
    string[],
    string[],
    string[],
  ];
  const may = `may call the API from a browser, with ${methods.includes('*') ? 'any method' : listed(methods, 'or')}`;
  return [
    origins.includes('*')
      ? `Pages of any origin ${may}.`
      : `Pages of ${listed(origins)} ${may}; pages of other origins are refused with A403CO.`,
    headers.includes('*')
      ? 'They may send any header.'
      : headers.length === 0
        ? 'They may send no header that has to be asked for.'
        : `Of the headers that have to be asked for they may send ${listed(headers)}.`,
    ...(exposed.length === 0 ? [] : [`They may read ${allOf('header', exposed)} of the answer.`]),
    ...(allowCredentials ? ['Cookies and other credentials of the browser may come along.'] : []),
    maxAge > 0 ? `Browsers keep the answer to a preflight for up to ${maxAge} s.` : 'Browsers ask again before each such call.',
  ];
}
