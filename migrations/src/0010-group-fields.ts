/** Further fields of groups and instances, and ids that stay with their account for good. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class GroupFields1700000000010 implements MigrationInterface {
  readonly name = 'GroupFields1700000000010';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [FIELDS, RETIRED]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const FIELDS = `
ALTER TABLE groups
  -- {requestBody?, responseBody?, queryString?, requestHeaders?, responseHeaders?, jwtClaims?}
  ADD COLUMN user_log       jsonb NOT NULL DEFAULT '{}',
  -- {in, name}
  ADD COLUMN custom_trace   jsonb,
  ADD COLUMN default_domain text,
  ADD COLUMN vpc_ids        jsonb NOT NULL DEFAULT '[]',
  -- What has no effect: {compatibleFlags?, rpcPattern?, rpsLimitForServerless?}
  ADD COLUMN kept           jsonb NOT NULL DEFAULT '{}';

ALTER TABLE instances
  ADD COLUMN description  text NOT NULL DEFAULT '',
  ADD COLUMN https_policy text NOT NULL DEFAULT 'HTTPS2_TLS1_2',
  ADD COLUMN ipv6         boolean NOT NULL DEFAULT false,
  ADD COLUMN egress_ipv6  boolean NOT NULL DEFAULT false,
  -- What has no effect: {spec?, intranetSegments?, maintenance?}
  ADD COLUMN kept         jsonb NOT NULL DEFAULT '{}';
`;

/**
 * By triggers, so that no write can forget it: whatever deletes a row retires its id, and whatever brings one is looked at. After the
 * insert, since only then has a deletion of the same id that was under way ended.
 */
const RETIRED = `
-- Ids that clients may bring. Domains, keys of counters and caches, conditions and grants of other accounts name them.
CREATE TABLE retired_ids (
  kind       text NOT NULL CHECK (kind IN ('group', 'api', 'app', 'plugin')),
  id         text NOT NULL,
  -- Alone may take it again. No reference: it outlives the account.
  account_id text NOT NULL,
  retired_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, id)
);

CREATE FUNCTION retire_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO retired_ids (kind, id, account_id) VALUES (TG_ARGV[0], OLD.id::text, OLD.account_id)
  ON CONFLICT (kind, id) DO NOTHING;
  RETURN NULL;
END
$$;

CREATE FUNCTION refuse_retired_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM retired_ids WHERE kind = TG_ARGV[0] AND id = NEW.id::text AND account_id <> NEW.account_id) THEN
    RAISE unique_violation USING MESSAGE = 'the id belonged to another account', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER groups_retire AFTER DELETE ON groups FOR EACH ROW EXECUTE FUNCTION retire_id('group');
CREATE TRIGGER groups_new_id AFTER INSERT ON groups FOR EACH ROW EXECUTE FUNCTION refuse_retired_id('group');
CREATE TRIGGER apis_retire AFTER DELETE ON apis FOR EACH ROW EXECUTE FUNCTION retire_id('api');
CREATE TRIGGER apis_new_id AFTER INSERT ON apis FOR EACH ROW EXECUTE FUNCTION refuse_retired_id('api');
CREATE TRIGGER apps_retire AFTER DELETE ON apps FOR EACH ROW EXECUTE FUNCTION retire_id('app');
CREATE TRIGGER apps_new_id AFTER INSERT ON apps FOR EACH ROW EXECUTE FUNCTION refuse_retired_id('app');
CREATE TRIGGER plugins_retire AFTER DELETE ON plugins FOR EACH ROW EXECUTE FUNCTION retire_id('plugin');
CREATE TRIGGER plugins_new_id AFTER INSERT ON plugins FOR EACH ROW EXECUTE FUNCTION refuse_retired_id('plugin');
`;

const DOWN = `
DROP TRIGGER plugins_new_id ON plugins;
DROP TRIGGER plugins_retire ON plugins;
DROP TRIGGER apps_new_id ON apps;
DROP TRIGGER apps_retire ON apps;
DROP TRIGGER apis_new_id ON apis;
DROP TRIGGER apis_retire ON apis;
DROP TRIGGER groups_new_id ON groups;
DROP TRIGGER groups_retire ON groups;
DROP FUNCTION refuse_retired_id, retire_id;
DROP TABLE retired_ids;
ALTER TABLE instances DROP COLUMN description, DROP COLUMN https_policy, DROP COLUMN ipv6, DROP COLUMN egress_ipv6, DROP COLUMN kept;
ALTER TABLE groups DROP COLUMN user_log, DROP COLUMN custom_trace, DROP COLUMN default_domain, DROP COLUMN vpc_ids, DROP COLUMN kept;
`;
