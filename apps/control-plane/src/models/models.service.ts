/** Models of a group: they describe bodies for people and tools, and act on no request. */
import { Injectable } from '@nestjs/common';
import { And, EntityManager, Equal, type FindOperator, MoreThan, Not } from 'typeorm';
import type { Actor, Change } from '../change/change.js';
import { Group } from '../groups/group.entity.js';
import { validateAs } from '../http/document.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { mergePatch } from '../http/merge-patch.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { conflict, refused } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { ModelFields, type ModelsQuery, type ModelView, type NewModel } from './model.dto.js';
import { Model } from './model.entity.js';
import { modelRef, readModelRef } from './model-ref.js';
import { checkModelSchema } from './model-schema.js';

/** Of one group; nothing grows with them but the list. */
const MODELS_AT_MOST = 500;

@Injectable()
export class ModelsService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
  ) {}

  create(actor: Actor, groupId: string, body: NewModel, query: WriteQuery): Promise<ModelView & WriteOutcome> {
    const { id = newId(), name, description = '', schema } = body;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      await findOrRefuse(manager, Group, { id: groupId, accountId: actor.accountId }, 'group', { lock: true });
      await refuseTaken(manager, Model, 'DuplicateModel', { id: { id }, name: { groupId, name } });
      if ((await manager.countBy(Model, { groupId })) >= MODELS_AT_MOST)
        throw conflict('ExceedLimitModel', `The group has ${MODELS_AT_MOST} models: delete one first.`);
      await refuseUnsound(change, schema, modelRef({ groupId, modelId: id }));
      await manager.insert(Model, manager.create(Model, { id, groupId, name, description, schema }));
      change.audit('model.create', 'model', id, { groupId, name });
      return show(await manager.findOneByOrFail(Model, { id }));
    });
  }

  async list({ accountId }: Actor, groupId: string, query: ModelsQuery): Promise<Page<ModelView>> {
    await findOrRefuse(this.manager, Group, { id: groupId, accountId }, 'group');
    const { name } = query;
    const rows = await this.manager.find(Model, {
      where: { groupId, ...(name !== undefined && { name }), ...idWhere(groupId, query) },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query, ({ id }) => id, show);
  }

  async read({ accountId }: Actor, groupId: string, id: string): Promise<ModelView> {
    await findOrRefuse(this.manager, Group, { id: groupId, accountId }, 'group');
    return show(await findOrRefuse(this.manager, Model, { id, groupId }, 'model'));
  }

  patch(
    actor: Actor,
    groupId: string,
    id: string,
    patch: unknown,
    tag: string | null,
    query: WriteQuery,
  ): Promise<ModelView & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const model = await lock(change, groupId, id, tag);
      const { name, description = '', schema } = validateAs(ModelFields, patched(model, patch));
      await refuseTaken(manager, Model, 'DuplicateModel', { name: { groupId, name, id: Not(id) } });
      await refuseUnsound(change, schema, modelRef({ groupId, modelId: id }));
      await manager.save(Model, Object.assign(model, { name, description, schema }));
      change.audit('model.update', 'model', id, { groupId, name });
      return show(await manager.findOneByOrFail(Model, { id }));
    });
  }

  /** Models that refer to it keep what they say. */
  remove(actor: Actor, groupId: string, id: string, tag: string | null, query: WriteQuery): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { name } = await lock(change, groupId, id, tag);
      await change.manager.delete(Model, { id });
      change.audit('model.delete', 'model', id, { groupId, name });
      return {};
    });
  }
}

/** Every write below a group holds it. */
async function lock({ manager, actor: { accountId } }: Change, groupId: string, id: string, tag: string | null): Promise<Model> {
  await findOrRefuse(manager, Group, { id: groupId, accountId }, 'group', { lock: true });
  const model = await findOrRefuse(manager, Model, { id, groupId }, 'model');
  matchOrRefuse(tag, show(model));
  return model;
}

/** A schema is replaced whole: to merge it would make a schema that nobody wrote. */
function patched({ name, description, schema }: Model, patch: unknown): unknown {
  const fields = { name, description, schema };
  if (typeof patch !== 'object' || patch === null || !('schema' in patch)) return mergePatch(fields, patch);
  const { schema: given, ...others } = patch;
  return { ...(mergePatch(fields, others) as object), schema: given };
}

async function refuseUnsound(
  { manager, actor: { accountId } }: Change,
  schema: Record<string, unknown>,
  own: string,
): Promise<void> {
  const { problems, refs } = checkModelSchema(schema);
  if (problems.length > 0) throw refused(problems, 'InvalidModelSchema', 'The schema of the model is refused.');
  const others = refs.flatMap((ref) => (ref === own ? [] : [{ ref, ...readModelRef(ref) }]));
  if (others.length === 0) return;
  const rows: { ref: string }[] = await manager.query(
    `SELECT o.ref FROM jsonb_to_recordset($1) AS o(ref text, "groupId" text, "modelId" text)
     JOIN models m ON m.id = o."modelId" AND m.group_id = o."groupId" JOIN groups g ON g.id = m.group_id AND g.account_id = $2`,
    [JSON.stringify(others), accountId],
  );
  const known = new Set(rows.map(({ ref }) => ref));
  const errors = others.flatMap(({ ref }) => (known.has(ref) ? [] : [{ path: 'schema', message: `there is no model ${ref}` }]));
  if (errors.length > 0) throw refused(errors, 'NotFoundModel', 'The schema refers to models that are not there.');
}

/** One that names no model of the group finds none. */
function idWhere(groupId: string, query: ModelsQuery): { id?: FindOperator<string> } {
  const after = cursorOf(query);
  if (query.modelRef === undefined) return after === null ? {} : { id: MoreThan(after) };
  const place = readModelRef(query.modelRef);
  const named = Equal(place?.groupId === groupId ? place.modelId : '');
  return { id: after === null ? named : And(named, MoreThan(after)) };
}

function show({ id, groupId, name, description, schema, createdAt, updatedAt }: Model): ModelView {
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, groupId, name, description, schema, modelRef: modelRef({ groupId, modelId: id }), ...times };
}
