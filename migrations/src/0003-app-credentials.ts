/** AppCodes, the secret that a rotated key had before, and plugins that sign as an app. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AppCredentials1700000000003 implements MigrationInterface {
  readonly name = 'AppCredentials1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
ALTER TABLE app_keys
  -- Sealed with the master key; good until previous_until.
  ADD COLUMN previous_secret text,
  ADD COLUMN previous_until  timestamptz,
  ADD CHECK ((previous_secret IS NULL) = (previous_until IS NULL));

-- Key of the HMAC in code_hash: random, made by the first control plane that starts, sealed with the master key. It stays when
-- master keys come and go, so that codes stay comparable.
ALTER TABLE deployment_state ADD COLUMN code_hash_key text;

CREATE TABLE app_codes (
  id         text PRIMARY KEY,
  app_id     bigint NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  -- Sealed with the master key.
  code       text NOT NULL,
  -- HMAC-SHA256 of the code under deployment_state.code_hash_key: finds a code that is taken, and tells nobody what it is.
  code_hash  text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX app_codes_app ON app_codes (app_id, id);

-- The app of the account whose newest key pair signs, where the configuration names one; it cannot go while a plugin does.
ALTER TABLE plugins ADD COLUMN app_id bigint REFERENCES apps (id);
CREATE INDEX plugins_app ON plugins (app_id, id) WHERE app_id IS NOT NULL;
`;

const DOWN = `
ALTER TABLE plugins DROP COLUMN app_id;
DROP TABLE app_codes;
ALTER TABLE deployment_state DROP COLUMN code_hash_key;
ALTER TABLE app_keys DROP COLUMN previous_secret, DROP COLUMN previous_until;
`;
