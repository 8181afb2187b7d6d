/** Refuses a write that sends requests round for ever, and warns of one that might (wire contract 10 rule 5). */
import type { ApiDefinition } from '@causeway/contract';
import { findLoops, type Loop } from '@causeway/engine';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LOOP_LOCK } from '../change/advisory-locks.js';
import type { Change, Warning } from '../change/change.js';
import { type Problem, refused } from '../http/problem.js';
import { SnapshotSettings } from '../publish/snapshot-settings.js';
import { StoredSecrets } from '../secrets/stored-secrets.js';
import { callsItself, type DraftGroup } from './calls-itself.js';
import { apiIdOf, PublishedApis } from './published-apis.js';
import { DIVERTING_TYPES, type LoopScope, touchedApis } from './touched-apis.js';
import { MAX_APIS, type Walk, walkCalls } from './walk-calls.js';

/** A loop out of which some requests may come. */
export interface FoundLoop {
  readonly text: string;
  readonly apiIds: ReadonlySet<string>;
}

/** Says that a check was not carried to its end. */
export const UNCHECKED: Warning = {
  code: 'RoutingCycleUnchecked',
  message: `Calls between internal domains were not followed to their end; a check for loops visits ${MAX_APIS} APIs`,
};

export function loopWarning({ text }: FoundLoop): Warning {
  return { code: 'RoutingCycle', message: `Depending on conditions, requests go round for ever: ${text}` };
}

@Injectable()
export class LoopCheck {
  constructor(
    private readonly settings: SnapshotSettings,
    private readonly secrets: StoredSecrets,
  ) {}

  /**
   * Looks for loops through what the write touched; called inside the door, after the rows are written.
   * Throws a refusal with code `RoutingCycle` (422) when a request that comes in never comes out.
   */
  async check(change: Change, scope: LoopScope): Promise<void> {
    const { possible, isCut } = await this.find(change, scope);
    for (const loop of possible) change.warn(loopWarning(loop));
    if (isCut) change.warn(UNCHECKED);
  }

  /** As `check`, but gives what is doubtful back, for a write that tells it of each of several APIs. */
  async find(change: Change, scope: LoopScope): Promise<{ readonly possible: readonly FoundLoop[]; readonly isCut: boolean }> {
    const { manager } = change;
    const touched = await touchedApis(manager, scope, MAX_APIS + 1);
    if (touched.length === 0) return { possible: [], isCut: false };
    const published = new PublishedApis(manager, this.secrets, DIVERTING_TYPES);
    const walk = await walkCalls(published, touched, this.settings.domainSuffix, () => manager.query(LOOP_LOCK));
    const loops = findLoops(walk.graph, new Set(touched)).map((loop) => ({
      ...loop,
      text: chainText(walk, loop, change.actor.accountId),
    }));
    const certain = loops.filter(({ isCertain }) => isCertain);
    if (certain.length > 0) {
      const errors = certain.map((loop) => ({
        path: fieldOf(walk, loop, scope),
        message: `sends requests round for ever: ${loop.text}`,
      }));
      throw refused(errors, 'RoutingCycle', 'Requests would go round for ever among internal domains.');
    }
    return { possible: loops.map(({ text, chain }) => ({ text, apiIds: new Set(chain.map(apiIdOf)) })), isCut: walk.isCut };
  }

  /** Refuses to save a draft whose own backend is itself, before it is ever deployed. */
  async checkDraft({ manager }: Change, id: string, groupId: string, definition: ApiDefinition): Promise<void> {
    const problem = (await this.draftCheck(manager, groupId))(id, definition);
    if (problem !== null) throw problem;
  }

  /** The same for many drafts of one group: says why a draft is refused, null when it is not. */
  async draftCheck(manager: EntityManager, groupId: string): Promise<(id: string, definition: ApiDefinition) => Problem | null> {
    const [group]: DraftGroup[] = await manager.query(
      `SELECT g.id, g.base_path AS "basePath", i.region FROM groups g JOIN instances i ON i.id = g.instance_id WHERE g.id = $1`,
      [groupId],
    );
    return (id, definition) => {
      if (group === undefined || !callsItself(definition, group, this.settings.domainSuffix)) return null;
      const self = `${definition.name} (${id})`;
      const errors = [{ path: 'backend.address', message: `sends requests round for ever: ${self} > ${self}` }];
      return refused(errors, 'RoutingCycle', 'Requests would go round for ever among internal domains.');
    };
  }
}

/** `name (id) > name (id)`; of another account's API the id alone. */
function chainText({ graph }: Walk, { chain }: Loop, accountId: string): string {
  const texts = chain.map((key) => {
    const api = graph.get(key)?.api;
    if (api === undefined) return key;
    return api.accountId === accountId ? `${api.name} (${api.apiId})` : `(${api.apiId})`;
  });
  return texts.join(' > ');
}

/** The field of the request that makes the loop. */
function fieldOf({ graph }: Walk, { chain }: Loop, scope: LoopScope): string {
  if ('apiIds' in scope) return 'apiIds';
  if ('groupId' in scope) return 'groupId';
  for (const [at, key] of chain.entries()) {
    const way = graph.get(key)?.ways.get(chain[at + 1] ?? '');
    if (way?.pluginId === scope.pluginId) return `config.${way.path}`;
  }
  return 'config';
}
