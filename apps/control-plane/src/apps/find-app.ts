/** Finds an app of an account, or says 404. */
import type { EntityManager } from 'typeorm';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { absent } from '../http/problem.js';
import { App } from './app.entity.js';
import { isAppId } from './app-id.js';

export async function findApp(manager: EntityManager, accountId: string, id: string, options?: { lock: boolean }): Promise<App> {
  // The database takes nothing but numbers here.
  if (!isAppId(id)) throw absent('app', id);
  return findOrRefuse(manager, App, { id, accountId }, 'app', options);
}
