/** What is certain of a remoteAuth configuration. */
import { rangesIn, readCondition, unusedParameters } from './kit/condition-doubts.js';
import type { Doubt } from './kit/plugin.js';
import { namesInTemplate } from './kit/template.js';
import type { RemoteAuthConfig } from './remote-auth.js';

export function remoteAuthDoubts(config: RemoteAuthConfig): Doubt[] {
  const { parameters, successCondition, errorMessage, authParameters, trimAuthorizationHeaderPrefix: trim } = config;
  const path = 'successCondition';
  const read = readCondition(successCondition, path, rangesIn(parameters, 'response'));
  const doubts = [...read.doubts];
  if (read.constant === false)
    doubts.push({ path, code: 'never-holds', message: 'no answer of the service lets a request pass' });
  if (read.constant === true)
    doubts.push({ path, code: 'always-holds', message: 'every answer of the service lets a request pass' });
  const readsAuthorization = authParameters.some(
    ({ sourceLocation, sourceParameterName: name }) => sourceLocation === 'header' && name.toLowerCase() === 'authorization',
  );
  if (trim !== false && !readsAuthorization) {
    const message = 'no item of authParameters reads the Authorization header';
    doubts.push({ path: 'trimAuthorizationHeaderPrefix', code: 'no-effect', message });
  }
  const { cachedTimeBySecond, passThroughBody, passThroughPath } = config;
  if (cachedTimeBySecond > 0 && authParameters.length === 0 && !passThroughBody && !passThroughPath) {
    const message = 'nothing of the request is sent: the verdict on one caller holds for all meanwhile';
    doubts.push({ path: 'cachedTimeBySecond', code: 'one-verdict-for-all', message });
  }
  return [...doubts, ...unusedParameters(parameters, [...read.variables, ...namesInTemplate(errorMessage)])];
}
