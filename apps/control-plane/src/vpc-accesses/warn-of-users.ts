/** Warns of deployed APIs whose named upstream goes away under them (management model 2.9). */
import type { Change } from '../change/change.js';

/** Routes of plugins that name it are not counted. */
export async function warnOfUsers(change: Change, name: string): Promise<void> {
  const { manager, actor } = change;
  const [row]: { users: number }[] = await manager.query(
    `SELECT count(DISTINCT d.api_id)::integer AS users
     FROM groups g JOIN deployments d ON d.group_id = g.id JOIN api_versions v ON v.api_id = d.api_id AND v.version = d.version
     WHERE g.account_id = $1 AND v.definition #>> '{backend,type}' = 'HTTP-VPC' AND v.definition #>> '{backend,vpcAccessName}' = $2`,
    [actor.accountId, name],
  );
  const users = row?.users ?? 0;
  if (users === 0) return;
  const apis = users === 1 ? '1 deployed API uses' : `${users} deployed APIs use`;
  change.warn({
    code: 'VpcAccessInUse',
    message: `${apis} the name ${name}: calls answer X504VE until there is an access of that name again.`,
  });
}
