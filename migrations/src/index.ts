/** All migrations in the order in which they run: a new one is added at the end. */
import { CreateStore1700000000001 } from './0001-create-store.js';
import { GroupsWhole1700000000002 } from './0002-groups-whole.js';
import { AppCredentials1700000000003 } from './0003-app-credentials.js';
import { IdempotencyKeys1700000000004 } from './0004-idempotency-keys.js';
import { AuditChain1700000000005 } from './0005-audit-chain.js';

export const migrations = [
  CreateStore1700000000001,
  GroupsWhole1700000000002,
  AppCredentials1700000000003,
  IdempotencyKeys1700000000004,
  AuditChain1700000000005,
];
