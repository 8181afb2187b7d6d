/** What the operator reads when everything runs: where things are, and the first request to send. */
import { generatedDomain } from '@causeway/contract';
import { type Settings, urlOf } from './config.js';
import { EXAMPLE_GROUP } from './example.js';

export interface Started {
  readonly settings: Settings;
  /** The file with the admin token, or null when the token was given by a setting. */
  readonly adminTokenFile: string | null;
  readonly logFolder: string;
  readonly hasExample: boolean;
}

export function announcement({ settings, adminTokenFile, logFolder, hasExample }: Started): string {
  const lines = [
    'Causeway is running.',
    '',
    `  public traffic     ${urlOf(settings.public)}`,
    `  internal traffic   ${urlOf(settings.internal)}`,
    `  management API     ${urlOf(settings.management)}/api/docs`,
    `  health, metrics    ${urlOf(settings.admin)}/readyz  ${urlOf(settings.admin)}/metrics`,
    `  admin token        ${adminTokenFile ?? 'as given by CAUSEWAY_ADMIN_TOKEN'}`,
    `  data               ${settings.dataDir}`,
    `  logs               ${logFolder}`,
  ];
  if (hasExample) {
    lines.push('', 'The example: one API that passes requests on to two others, over their internal domains, signed.', '');
    lines.push(...['resource1', 'resource2'].map((resource) => `  ${curlLine(settings, resource)}`));
  }
  return `${[...lines, '', 'Ctrl-C stops everything; a second one at once.'].join('\n')}\n`;
}

/** Names under .localhost lead to this machine by themselves (RFC 6761); any other suffix needs curl's help. */
export function curlLine({ public: listener, region, domainSuffix }: Settings, resource: string): string {
  const host = generatedDomain('public', EXAMPLE_GROUP, region, domainSuffix);
  const port = listener.port === 80 ? '' : `:${listener.port}`;
  const isLocal = domainSuffix === 'localhost' || domainSuffix.endsWith('.localhost');
  const address = new URL(urlOf(listener)).hostname;
  const resolve = isLocal ? '' : `--resolve ${host}:${listener.port}:${address} `;
  return `curl ${resolve}'http://${host}${port}/distributeAPI?target=${resource}' -i`;
}
