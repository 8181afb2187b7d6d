/** AppCodes, and the secret that a rotated key had before. */
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

CREATE TABLE app_codes (
  id         text PRIMARY KEY,
  app_id     bigint NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  -- Sealed with the master key.
  code       text NOT NULL,
  -- HMAC of the code under a key of the deployment: finds a code that is taken, and tells nobody what it is.
  code_hash  text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX app_codes_app ON app_codes (app_id, id);
`;

const DOWN = `
DROP TABLE app_codes;
ALTER TABLE app_keys DROP COLUMN previous_secret, DROP COLUMN previous_until;
`;
