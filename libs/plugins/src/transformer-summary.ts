/** What a transformer configuration does, in plain words; names only, since a value may be a credential. */
import { listed } from './kit/words.js';
import type { TransformerConfig } from './transformer.js';

interface Named {
  readonly name: string;
  readonly location?: string;
}

export function transformerSummary(config: TransformerConfig): string[] {
  const { setResponseStatusCode: status } = config;
  const request = [
    ...words('Removes', config.removeRequestParameter, 'from the request'),
    ...words('Sets', config.putRequestParameter, 'of the request'),
    ...words('Adds', config.addRequestParameterIfAbsent, 'to the request where it is absent'),
  ];
  const answer = [
    ...(status === undefined ? [] : [`Sets the status of the backend’s answer to ${status}.`]),
    ...words('Removes', config.removeResponseHeader, 'from the backend’s answer'),
    ...words('Sets', config.putResponseHeader, 'of the backend’s answer'),
    ...words('Adds', config.addResponseHeaderIfAbsent, 'to the backend’s answer where it is absent'),
  ];
  const all = [...request, ...answer];
  return all.length === 0 ? ['Changes nothing.'] : all;
}

function words(verb: string, items: readonly Named[] = [], where: string): string[] {
  if (items.length === 0) return [];
  return [`${verb} ${listed(items.map(({ name, location = 'header' }) => `the ${KINDS[location]} ${name}`))} ${where}.`];
}

const KINDS: Record<string, string> = { header: 'header', query: 'query parameter', form: 'form parameter' };
