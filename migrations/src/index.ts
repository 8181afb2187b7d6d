/** All migrations in the order in which they run: a new one is added at the end. */
import { CreateStore1700000000001 } from './0001-create-store.js';
import { GroupsWhole1700000000002 } from './0002-groups-whole.js';
import { AppCredentials1700000000003 } from './0003-app-credentials.js';
import { IdempotencyKeys1700000000004 } from './0004-idempotency-keys.js';
import { AuditChain1700000000005 } from './0005-audit-chain.js';
import { RollbackHistory1700000000006 } from './0006-rollback-history.js';
import { Datasets1700000000007 } from './0007-datasets.js';
import { ModelsAndTags1700000000008 } from './0008-models-and-tags.js';
import { Certificates1700000000009 } from './0009-certificates.js';
import { GroupFields1700000000010 } from './0010-group-fields.js';
import { GrantsWhole1700000000011 } from './0011-grants-whole.js';
import { AtSize1700000000012 } from './0012-at-size.js';
import { ChunksForgotten1700000000013 } from './0013-chunks-forgotten.js';
import { FoundByIndex1700000000014 } from './0014-found-by-index.js';

export const migrations = [
  CreateStore1700000000001,
  GroupsWhole1700000000002,
  AppCredentials1700000000003,
  IdempotencyKeys1700000000004,
  AuditChain1700000000005,
  RollbackHistory1700000000006,
  Datasets1700000000007,
  ModelsAndTags1700000000008,
  Certificates1700000000009,
  GroupFields1700000000010,
  GrantsWhole1700000000011,
  AtSize1700000000012,
  ChunksForgotten1700000000013,
  FoundByIndex1700000000014,
];
