/** Certificates of accounts, and which of them a domain is served with. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Certificates1700000000009 implements MigrationInterface {
  readonly name = 'Certificates1700000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
CREATE TABLE certificates (
  id                  text PRIMARY KEY,
  account_id          text NOT NULL REFERENCES accounts (id),
  name                text NOT NULL,
  description         text NOT NULL DEFAULT '',
  -- PEM, the leaf first.
  certificate         text NOT NULL,
  -- PKCS #8 in PEM, sealed with the master key.
  private_key         text NOT NULL,
  -- Mutual TLS: PEM of the CAs of clients, and how many may stand in a chain.
  ca_certificate      text,
  verify_depth        integer,
  pass_client_subject boolean NOT NULL DEFAULT false,
  -- What the leaf says, read when it was stored: lists parse nothing.
  leaf                jsonb NOT NULL,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  CHECK ((ca_certificate IS NULL) = (verify_depth IS NULL)),
  UNIQUE (account_id, name)
);
CREATE INDEX certificates_account ON certificates (account_id, id);

ALTER TABLE group_domains ADD COLUMN certificate_id text REFERENCES certificates (id);
CREATE INDEX group_domains_certificate ON group_domains (certificate_id) WHERE certificate_id IS NOT NULL;
`;

const DOWN = `
ALTER TABLE group_domains DROP COLUMN certificate_id;
DROP TABLE certificates;
`;
