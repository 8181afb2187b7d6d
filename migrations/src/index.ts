/** All migrations in the order in which they run: a new one is added at the end. */
import { CreateStore1700000000001 } from './0001-create-store.js';

export const migrations = [CreateStore1700000000001];
