/** The instance whose revisions are asked for, and the revisions that it has. */
import type { EntityManager } from 'typeorm';
import type { Actor } from '../change/change.js';
import { absent, conflict } from '../http/problem.js';
import { DEFAULT_INSTANCE } from '../instances/instance.entity.js';

export interface VisibleInstance {
  readonly id: string;
  /** The account's own, or the operator's account asks: then it sees what others did there too. */
  readonly isWhole: boolean;
}

/** An instance of the account, or one on which it has groups. @param id default: the instance named `default` */
export async function findVisibleInstance(
  manager: EntityManager,
  { accountId, isDefaultAccount }: Actor,
  id: string | undefined,
): Promise<VisibleInstance> {
  const [row]: VisibleInstance[] = await manager.query(
    `SELECT i.id, ($3 OR i.account_id = $2) AS "isWhole" FROM instances i
     WHERE CASE WHEN $1::text IS NULL THEN i.name = $4 ELSE i.id = $1 END
       AND ($3 OR i.account_id = $2 OR i.id IN (SELECT instances_of($2)))`,
    [id ?? null, accountId, isDefaultAccount, DEFAULT_INSTANCE],
  );
  if (row === undefined) throw absent('instance', id ?? DEFAULT_INSTANCE);
  return row;
}

/** 404 for one that never was; 409 for one whose content is not known any more. */
export async function refuseForgotten(manager: EntityManager, instanceId: string, revision: number): Promise<void> {
  const [row]: { wasThere: boolean; oldest: string | null; isKept: boolean }[] = await manager.query(
    `SELECT i.revision >= $2 AS "wasThere",
            (SELECT min(r.revision) FROM revisions r WHERE r.instance_id = i.id AND r.restorable) AS oldest,
            EXISTS (SELECT 1 FROM revisions r WHERE r.instance_id = i.id AND r.revision = $2 AND r.restorable) AS "isKept"
     FROM instances i WHERE i.id = $1`,
    [instanceId, revision],
  );
  if (row?.isKept === true) return;
  if (row?.wasThere !== true || revision < 1) throw absent('revision', String(revision));
  const oldest = row.oldest === null ? 'none can be restored' : `the oldest that can be restored is ${row.oldest}`;
  throw conflict('RevisionForgotten', `What revision ${revision} held is not kept any more; ${oldest}.`);
}
