/** Names what changes when an app or its credentials do: its bucket, which every instance holds, and the plugins that sign as it. */
import { appBucket, chunkKeys } from '@causeway/contract';
import type { Change } from '../change/change.js';
import { placesOf } from '../plugins/bound-where.js';

/** Called while the write holds the lock on the app, so that no plugin comes to name it meanwhile. */
export async function touchApp(change: Change, appId: string): Promise<void> {
  touchGrantsOf(change, appId);
  const plugins: { id: string }[] = await change.manager.query(
    'SELECT id FROM plugins WHERE app_id = $1 ORDER BY id FOR UPDATE',
    [appId],
  );
  // Whoever binds one of them or moves a group with it locks it first: no instance is missed here.
  const ids = plugins.map(({ id }) => id);
  for (const { pluginId, instanceId } of await placesOf(change.manager, ids))
    change.touch(instanceId, chunkKeys.plugin(pluginId));
}

/** For a write that changes nothing of an app but its grants, of which plugins that sign as it know nothing. */
export function touchGrantsOf(change: Change, appId: string): void {
  change.touch('every', chunkKeys.apps(appBucket(appId)));
}
