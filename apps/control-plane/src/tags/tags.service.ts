/** Tags: words by which an account finds its resources again. */
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { isOperator } from '../accounts/operator.js';
import { isAppId } from '../apps/app-id.js';
import type { Actor, Change } from '../change/change.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { absent, conflict, forbidden, malformed } from '../http/problem.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import type { RemoveTagsQuery, SetTagsBody, TagsQuery, TagView } from './tag.dto.js';
import { TAGS_AT_MOST, type Tagged } from './tag-rules.js';

const TABLES = { group: 'groups', api: 'apis', plugin: 'plugins', app: 'apps', instance: 'instances' } as const;
const KINDS = { group: 'group', api: 'API', plugin: 'plugin', app: 'app', instance: 'instance' } as const;

const COLUMNS = 'resource_type AS "resourceType", resource_id AS "resourceId", key, value';

@Injectable()
export class TagsService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
  ) {}

  /** Answers all tags that the resource then has. */
  set(
    actor: Actor,
    { resourceType, resourceId, tags }: SetTagsBody,
    query: WriteQuery,
  ): Promise<{ items: TagView[] } & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      await hold(change, resourceType, resourceId);
      await manager.query(
        `INSERT INTO tags (account_id, resource_type, resource_id, key, value)
         SELECT $1, $2, $3, t.key, t.value FROM jsonb_to_recordset($4) AS t(key text, value text)
         ON CONFLICT (account_id, resource_type, resource_id, key) DO UPDATE SET value = excluded.value`,
        [actor.accountId, resourceType, resourceId, JSON.stringify(tags)],
      );
      const items: TagView[] = await manager.query(
        `SELECT ${COLUMNS} FROM tags WHERE account_id = $1 AND resource_type = $2 AND resource_id = $3 ORDER BY key`,
        [actor.accountId, resourceType, resourceId],
      );
      if (items.length > TAGS_AT_MOST)
        throw conflict('ExceedLimitTag', `A resource has at most ${TAGS_AT_MOST} tags; this one would have ${items.length}.`);
      change.audit('tag.set', resourceType, resourceId, { tags });
      return { items };
    });
  }

  async list({ accountId }: Actor, query: TagsQuery): Promise<Page<TagView>> {
    const { resourceType, resourceId, key, value } = query;
    if (value !== undefined && key === undefined) throw malformed([{ path: 'key', message: 'is required with value' }]);
    const after = placeAfter(query);
    const rows: TagView[] = await this.manager.query(
      `SELECT ${COLUMNS} FROM tags
       WHERE account_id = $1 AND ($2::text IS NULL OR resource_type = $2) AND ($3::text IS NULL OR resource_id = $3)
         AND ($4::text IS NULL OR key = $4) AND ($5::text IS NULL OR value = $5)
         AND ($6::text IS NULL OR (resource_type, resource_id, key) > ($6, $7, $8))
       ORDER BY resource_type, resource_id, key LIMIT $9`,
      [accountId, resourceType ?? null, resourceId ?? null, key ?? null, value ?? null, ...after, query.limit + 1],
    );
    return pageOf(
      rows,
      query,
      (row) => JSON.stringify([row.resourceType, row.resourceId, row.key]),
      (row) => row,
    );
  }

  /** What it does not have is no error: it is gone either way. */
  remove(actor: Actor, { resourceType, resourceId, key: keys }: RemoveTagsQuery, query: WriteQuery): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      await hold(change, resourceType, resourceId);
      const [gone]: [{ key: string }[], number] = await change.manager.query(
        `DELETE FROM tags WHERE account_id = $1 AND resource_type = $2 AND resource_id = $3 AND ($4::text[] IS NULL OR key = ANY($4))
         RETURNING key`,
        [actor.accountId, resourceType, resourceId, keys ?? null],
      );
      change.audit('tag.delete', resourceType, resourceId, { keys: gone.map(({ key }) => key) });
      return {};
    });
  }
}

/** So that two who tag one resource are counted one after the other, and nobody deletes it meanwhile. Instances are the operator's. */
async function hold({ manager, actor }: Change, type: Tagged, id: string): Promise<void> {
  if (type === 'instance' && !isOperator(actor)) throw forbidden('Instances are tagged by admins of the default account.');
  if (type === 'app' && !isAppId(id)) throw absent('app', id);
  const mine = type === 'instance' ? '' : 'AND account_id = $2';
  const rows: unknown[] = await manager.query(
    `SELECT 1 FROM ${TABLES[type]} WHERE id = $1 ${mine} FOR NO KEY UPDATE`,
    type === 'instance' ? [id] : [id, actor.accountId],
  );
  if (rows.length === 0) throw absent(KINDS[type], id);
}

/** Type, resource and key after which the page starts. */
function placeAfter(query: TagsQuery): readonly (string | null)[] {
  const cursor = cursorOf(query);
  if (cursor === null) return [null, null, null];
  const place = readPlace(cursor);
  if (place === null) throw malformed([{ path: 'cursor', message: 'must be the next of an earlier page' }]);
  return place;
}

function readPlace(text: string): string[] | null {
  try {
    const place: unknown = JSON.parse(text);
    return Array.isArray(place) && place.length === 3 && place.every((part) => typeof part === 'string') ? place : null;
  } catch {
    // Somebody made it up.
    return null;
  }
}
