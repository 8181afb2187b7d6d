/** Starts a new epoch when somebody holds a newer manifest than the database, which then was restored from a backup. */
import { compareRevisions } from '@causeway/contract';
import type { DataSource } from 'typeorm';

interface Position {
  readonly epoch: number;
  readonly revision: number;
}

interface State {
  epoch: string;
  published_epoch: string | null;
  published_revision: string | null;
}

/** Epochs rise one at a time: a report further away than this is an accident or an attack, and would use them up. */
const PLAUSIBLE_EPOCHS = 1000;

/** True when the epoch rose: then every instance is to be published again. `seen` must come from an authentic source. */
export function raiseEpoch(dataSource: DataSource, instanceId: string, seen: Position): Promise<boolean> {
  return dataSource.transaction('READ COMMITTED', async (manager) => {
    const [state]: State[] = await manager.query(
      `SELECT d.epoch, p.epoch AS published_epoch, p.revision AS published_revision
       FROM deployment_state d LEFT JOIN published_manifests p ON p.instance_id = $1 WHERE d.id = 1 FOR UPDATE OF d`,
      [instanceId],
    );
    if (state === undefined) return false;
    const epoch = Number(state.epoch);
    const published = { epoch: Number(state.published_epoch ?? 0), revision: Number(state.published_revision ?? -1) };
    const alreadyRaised = epoch > seen.epoch;
    if (alreadyRaised || compareRevisions(seen, published) <= 0 || seen.epoch > epoch + PLAUSIBLE_EPOCHS) return false;
    await manager.query('UPDATE deployment_state SET epoch = $1', [seen.epoch + 1]);
    return true;
  });
}
