/** Lets grants cross accounts: whose app is granted, and why. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class GrantsWhole1700000000011 implements MigrationInterface {
  readonly name = 'GrantsWhole1700000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
-- account_id is that of the API, which alone makes and revokes grants; app_account_id lists those that it was given.
ALTER TABLE grants
  ADD COLUMN app_account_id text REFERENCES accounts (id),
  ADD COLUMN description text NOT NULL DEFAULT '';
UPDATE grants g SET app_account_id = a.account_id FROM apps a WHERE a.id = g.app_id;
ALTER TABLE grants ALTER COLUMN app_account_id SET NOT NULL;
CREATE INDEX grants_given ON grants (app_account_id, id) WHERE app_account_id <> account_id;
`;

const DOWN = `
DELETE FROM grants WHERE app_account_id <> account_id;
DROP INDEX grants_given;
ALTER TABLE grants DROP COLUMN description, DROP COLUMN app_account_id;
`;
