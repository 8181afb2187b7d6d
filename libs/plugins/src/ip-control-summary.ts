/** What an ipControl configuration does, in plain words. */
import type { IpControlConfig } from './ip-control.js';
import { counted, listed } from './kit/words.js';

/** So many apps get a sentence of their own. */
const MOST_APPS = 5;

export function ipControlSummary({ type, resource, items }: IpControlConfig): string[] {
  const apps = [...new Set(items.flatMap(({ appId }) => appId ?? []))];
  const from = (app: string | undefined) => {
    const own = items.filter(({ appId }) => appId === app);
    const blocks = own.flatMap(({ blocks = [] }) => blocks);
    return listed([...blocks, ...own.flatMap(({ blocksDatasetId: id }) => (id === undefined ? [] : [`the dataset ${id}`]))]);
  };
  const more = apps.length > MOST_APPS ? [`${counted(apps.length - MOST_APPS, 'app')} more have lists of their own.`] : [];
  const ofApps = apps.slice(0, MOST_APPS).map((app) => ofApp(type, app, from(app)));
  return [...forEverybody(type, from(undefined), apps.length > 0), ...ofApps, ...more, ...where(resource)];
}

function forEverybody(type: IpControlConfig['type'], from: string, hasApps: boolean): string[] {
  if (type === 'REFUSE') return from === '' ? [] : [`Keeps out callers from ${from}.`];
  if (from === '') return ['Lets in callers from anywhere, but for the apps that have a list of their own.'];
  return [`Lets in only callers from ${from}${hasApps ? ', but for the apps that have a list of their own' : ''}.`];
}

function ofApp(type: IpControlConfig['type'], app: string, from: string): string {
  return type === 'ALLOW' ? `Lets in the app ${app} only from ${from}.` : `Keeps out the app ${app} from ${from}.`;
}

function where(resource: string | undefined): string[] {
  if (resource === undefined) return [];
  const index = Number(resource.slice('XFF:'.length));
  const place = index < 0 ? `${-index} from the end` : `${index + 1}`;
  return [`The address is number ${place} of X-Forwarded-For; who has none there is refused.`];
}
