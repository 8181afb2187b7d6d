/** Where a plugin is bound. */
import type { EntityManager } from 'typeorm';
/** Instances on which something has the plugin bound. */
export declare function instancesOf(manager: EntityManager, pluginId: string): Promise<string[]>;
/** Such as `API business1 (<id>) in RELEASE`. */
export declare function usersOf(manager: EntityManager, pluginId: string): Promise<string[]>;
