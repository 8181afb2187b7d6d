/** Makes the audit log append-only, and chains its events by hash. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AuditChain1700000000005 implements MigrationInterface {
  readonly name = 'AuditChain1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
-- Each link holds the hash of its event and of the link before it, per account.
CREATE TABLE audit_chain (
  account_id text NOT NULL,
  sequence   bigint NOT NULL,
  event_id   bigint NOT NULL UNIQUE REFERENCES audit_events (id),
  hash       text NOT NULL,
  PRIMARY KEY (account_id, sequence)
);

-- Events that wait for their link: writers only queue here, so that they do not wait for each other.
CREATE TABLE audit_unchained (
  event_id bigint PRIMARY KEY REFERENCES audit_events (id)
);
INSERT INTO audit_unchained SELECT id FROM audit_events;

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER audit_chain_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
`;

const DOWN = `
DROP TRIGGER audit_events_append_only ON audit_events;
DROP TABLE audit_unchained, audit_chain;
DROP FUNCTION refuse_rewriting;
`;
