/** A stage goes only when nothing is in it (management model 2.5 rule 2). */
import type { EntityManager } from 'typeorm';
import { conflict } from '../http/problem.js';

const NAMED_AT_MOST = 10;

interface Use {
  readonly kind: string;
  readonly text: string;
}

/** 409 that says what is in the way, by name where it is the account's own. */
export async function refuseStageInUse(manager: EntityManager, groupId: string, stage: string): Promise<void> {
  const uses: Use[] = await manager.query(
    `SELECT * FROM (
       SELECT 1 AS rank, 'the deployment of API ' AS kind, a.name || ' (' || a.id || ')' AS text
       FROM deployments d JOIN apis a ON a.id = d.api_id WHERE d.group_id = $1 AND d.stage = $2
       UNION ALL
       SELECT 2, 'the domain ', domain FROM group_domains WHERE group_id = $1 AND stage = $2
       UNION ALL
       SELECT 3, 'the binding of plugin ', p.name || ' (' || p.id || ')'
       FROM plugin_bindings b JOIN plugins p ON p.id = b.plugin_id LEFT JOIN apis a ON a.id = b.api_id
       WHERE coalesce(b.group_id, a.group_id) = $1 AND b.stage = $2
       UNION ALL
       SELECT 4, 'the grant ', g.id || ' of app ' || g.app_id
       FROM grants g JOIN apis a ON a.id = g.api_id WHERE a.group_id = $1 AND g.stage = $2
     ) AS uses ORDER BY rank, text LIMIT $3`,
    [groupId, stage, NAMED_AT_MOST + 1],
  );
  if (uses.length === 0) return;
  const named = uses.slice(0, NAMED_AT_MOST).map(({ kind, text }) => kind + text);
  const more = uses.length > NAMED_AT_MOST ? ' and more' : '';
  throw conflict('DependencyViolationStage', `The stage is in use by ${named.join(', ')}${more}.`);
}
