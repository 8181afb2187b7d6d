/** Sets of values that plugins look into, and which plugin names which. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Datasets1700000000007 implements MigrationInterface {
  readonly name = 'Datasets1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE plugin_datasets, dataset_items, datasets');
  }
}

const UP = `
CREATE TABLE datasets (
  id          text PRIMARY KEY,
  account_id  text NOT NULL REFERENCES accounts (id),
  name        text NOT NULL,
  type        text NOT NULL CHECK (type IN ('JWT_BLOCKING', 'IP_WHITELIST_CIDR', 'PARAMETER_ACCESS', 'BASIC_AUTH_ACCESS')),
  description text NOT NULL DEFAULT '',
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, name)
);
CREATE INDEX datasets_account ON datasets (account_id, id);

CREATE TABLE dataset_items (
  id          text PRIMARY KEY,
  dataset_id  text NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  -- Of BASIC_AUTH_ACCESS sealed with the master key.
  value       text NOT NULL,
  -- Finds a value that is there already; of sealed ones an HMAC under deployment_state.code_hash_key, which tells nobody what it is.
  digest      text NOT NULL,
  description text NOT NULL DEFAULT '',
  -- From then on it is as if it were not there, and goes in the background.
  expires_at  timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (dataset_id, digest)
);
CREATE INDEX dataset_items_dataset ON dataset_items (dataset_id, id);
CREATE INDEX dataset_items_expiry ON dataset_items (expires_at) WHERE expires_at IS NOT NULL;

-- What the configurations of plugins name: they are sealed, and cannot be asked.
CREATE TABLE plugin_datasets (
  plugin_id  text NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  dataset_id text NOT NULL REFERENCES datasets (id),
  PRIMARY KEY (plugin_id, dataset_id)
);
CREATE INDEX plugin_datasets_dataset ON plugin_datasets (dataset_id, plugin_id);
`;
