/** What was answered under an `Idempotency-Key`. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IdempotencyKeys1700000000004 implements MigrationInterface {
  readonly name = 'IdempotencyKeys1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}

const UP = `
CREATE TABLE idempotency_keys (
  token_id     text NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
  key          text NOT NULL,
  -- SHA-256 of method, path, query and body.
  request_hash text NOT NULL,
  -- Which attempt holds it: one that was cut off may be taken over.
  attempt      text NOT NULL,
  -- Set by the write's own transaction: from then on the request is never carried out again.
  committed    boolean NOT NULL DEFAULT false,
  status       integer,
  -- The answer, sealed with the master key: it may show a secret that is shown once.
  answer       text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (token_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
`;
