/** Names what changes when an app does: its bucket, which every instance holds. */
import { appBucket, chunkKeys } from '@causeway/contract';
import type { Change } from '../change/change.js';

export function touchApp(change: Change, appId: string): void {
  change.touch('every', chunkKeys.apps(appBucket(appId)));
}
