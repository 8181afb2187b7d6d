/** Creates many APIs of a group in one call: each is judged on its own. */
import { Injectable } from '@nestjs/common';
import type { Actor } from '../change/change.js';
import { Group } from '../groups/group.entity.js';
import { parseDocument } from '../http/document.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { newId } from '../http/new-id.js';
import { Problem } from '../http/problem.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { Api } from './api.entity.js';
import { ApiBatch, type ApiBatchAnswer } from './api-batch-document.js';
import { NewApi } from './api-document.js';
import { refuseUnsound } from './draft-rules.js';
import { type NewDraft, NewDrafts } from './new-drafts.js';

type Item = ApiBatchAnswer['items'][number];

/** Everything was refused: the transaction is undone, so that no trace is left of a write that changed nothing. */
class NothingDone extends Error {
  constructor(readonly items: Item[]) {
    super('Every API of the batch is refused.');
  }
}

@Injectable()
export class ApiBatches {
  constructor(
    private readonly writes: Writes,
    private readonly drafts: NewDrafts,
  ) {}

  async create(actor: Actor, query: WriteQuery, groupId: string, body: unknown): Promise<ApiBatchAnswer & WriteOutcome> {
    const read = parseDocument(ApiBatch, body).items.map(readDraft);
    const sound = read.filter((each): each is NewDraft => !(each instanceof Problem));
    try {
      return await this.writes.run(actor, query, async (change) => {
        const { accountId } = actor;
        await findOrRefuse(change.manager, Group, { id: groupId, accountId }, 'group', { lock: true });
        const outcomes = (await this.drafts.add(change, groupId, sound)).values();
        const items = read.map((each) => shown(each, each instanceof Problem ? each : outcomes.next().value));
        const made = items.flatMap(({ status, id, name }) => (status === 'done' ? [{ id, name }] : []));
        if (made.length === 0) throw new NothingDone(items);
        change.audit('group.createApis', 'group', groupId, { apis: made });
        return { items };
      });
    } catch (error) {
      if (error instanceof NothingDone) return { items: error.items };
      throw error;
    }
  }
}

function readDraft(item: unknown): NewDraft | Problem {
  try {
    const { id = newId(), ...definition } = parseDocument(NewApi, item);
    refuseUnsound(definition);
    return { id, definition };
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function shown(draft: NewDraft | Problem, outcome: Api | Problem | undefined): Item {
  if (outcome instanceof Api) return { status: 'done', id: outcome.id, name: outcome.name };
  if (outcome === undefined) throw new Error('Every draft has an outcome');
  const { status, code, detail, errors } = outcome;
  return {
    status: 'refused',
    ...(!(draft instanceof Problem) && { name: draft.definition.name }),
    problem: { status, code, detail, ...(errors !== undefined && { errors: [...errors] }) },
  };
}
