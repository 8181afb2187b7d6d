/** What a remoteAuth configuration does, in plain words. */
import { allOf, listed, onOneLine } from './kit/words.js';
import type { RemoteAuthConfig } from './remote-auth.js';

export function remoteAuthSummary(config: RemoteAuthConfig): string[] {
  const { authUri, successCondition, errorStatusCode, cachedTimeBySecond, errorPassThroughHeaderList: headers } = config;
  const { address, vpcAccessName, path, method, timeout } = authUri;
  const service = vpcAccessName === undefined ? `${address}${path}` : `the VPC access ${vpcAccessName} (path ${path})`;
  return [
    `Asks ${service} by ${method} whether a request may pass, and waits up to ${timeout} ms.`,
    `Sends of the request ${sentWords(config)}.`,
    `By the answer, a request passes where ${onOneLine(successCondition)}; any other is refused with ${errorStatusCode}.`,
    ...(headers.length === 0 ? [] : [`Who is refused gets ${allOf('header', headers)} of that answer.`]),
    ...(cachedTimeBySecond === 0 ? [] : [`A verdict holds for ${cachedTimeBySecond} s for requests that send the same.`]),
    'Where the service does not answer in time, a request is refused with D503RA.',
  ];
}

function sentWords({ authParameters, passThroughBody, passThroughPath }: RemoteAuthConfig): string {
  const parameters = authParameters.map(
    ({ sourceLocation, sourceParameterName, targetLocation, targetParameterName }) =>
      `the ${sourceLocation} ${sourceParameterName} as ${targetLocation} ${targetParameterName}`,
  );
  const all = [...parameters, ...(passThroughBody ? ['the body'] : []), ...(passThroughPath ? ['the path'] : [])];
  return all.length === 0 ? 'nothing' : listed(all);
}
