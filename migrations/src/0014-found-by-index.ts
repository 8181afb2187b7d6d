/** What requests still read from end to end is found by an index: where domains stand, and what refers to a row that goes. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FoundByIndex1700000000014 implements MigrationInterface {
  readonly name = 'FoundByIndex1700000000014';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [DOMAINS, PLACES, USERS, REFERENCES]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const DOMAINS = `
ALTER TABLE group_domains
  -- Those of the group: whoever binds a domain finds what is in its way without asking every group.
  ADD COLUMN instance_id text,
  ADD COLUMN base_path   text;
UPDATE group_domains d SET instance_id = g.instance_id, base_path = g.base_path FROM groups g WHERE g.id = d.group_id;
ALTER TABLE group_domains ALTER COLUMN instance_id SET NOT NULL, ALTER COLUMN base_path SET NOT NULL;

-- By triggers, as a control plane of the release before, beside which this one starts, binds domains and moves groups too. Whoever
-- does either holds the group.
CREATE FUNCTION place_domain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT instance_id, base_path INTO NEW.instance_id, NEW.base_path FROM groups WHERE id = NEW.group_id;
  RETURN NEW;
END
$$;
CREATE TRIGGER group_domains_placed BEFORE INSERT OR UPDATE OF group_id ON group_domains
  FOR EACH ROW EXECUTE FUNCTION place_domain();
CREATE FUNCTION place_domains() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE group_domains SET instance_id = NEW.instance_id, base_path = NEW.base_path WHERE group_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER groups_placed AFTER UPDATE OF instance_id, base_path ON groups
  FOR EACH ROW WHEN ((OLD.instance_id, OLD.base_path) IS DISTINCT FROM (NEW.instance_id, NEW.base_path)) EXECUTE FUNCTION place_domains();

DROP INDEX group_domains_domain, group_domains_reversed;
CREATE INDEX group_domains_place ON group_domains (instance_id, domain, base_path);
-- What is under a wildcard.
CREATE INDEX group_domains_under ON group_domains (instance_id, reverse(domain) text_pattern_ops);
`;

const PLACES = `
CREATE INDEX groups_place ON groups (account_id, instance_id, id);
-- The instances on which the account has groups: one look into an index for each of them. EXISTS or DISTINCT would have the planner
-- take whatever is likely to be found soon, and read all groups where it is not there.
CREATE FUNCTION instances_of(account text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  WITH RECURSIVE place (id) AS (
    (SELECT instance_id FROM groups WHERE account_id = account ORDER BY instance_id LIMIT 1)
    UNION ALL
    SELECT (SELECT instance_id FROM groups WHERE account_id = account AND instance_id > place.id ORDER BY instance_id LIMIT 1)
    FROM place WHERE place.id IS NOT NULL)
  SELECT id FROM place WHERE id IS NOT NULL
$$;
`;

const USERS = `
-- Those that the network chunk lists.
CREATE INDEX groups_internal ON groups (instance_id, id) WHERE internal_generated AND internal_enabled;
-- The APIs that name a VPC access.
CREATE INDEX api_versions_vpc_access ON api_versions ((definition #>> '{backend,vpcAccessName}'))
  WHERE definition #>> '{backend,type}' = 'HTTP-VPC';
-- Apps by tag, in the order of their list: the ids of apps are numbers.
CREATE INDEX tags_app ON tags (account_id, pair, (resource_id::bigint)) WHERE resource_type = 'app';
-- Moves that may still be under way, which every publication asks for.
CREATE INDEX group_moves_moved ON group_moves (moved_at);
-- Every write with an Idempotency-Key finds its row by the attempt.
CREATE INDEX idempotency_keys_attempt ON idempotency_keys (attempt);
-- Secrets whose overlap ends.
CREATE INDEX app_keys_overlap ON app_keys (previous_until) WHERE previous_until IS NOT NULL;
`;

/** Foreign keys have none by themselves. */
const REFERENCES = `
CREATE INDEX apis_account ON apis (account_id);
CREATE INDEX grants_app_account ON grants (app_account_id);
CREATE INDEX group_moves_group ON group_moves (group_id);
`;

const DOWN = `
DROP INDEX group_moves_group, grants_app_account, apis_account, app_keys_overlap, idempotency_keys_attempt,
  group_moves_moved, tags_app, api_versions_vpc_access, groups_internal;
DROP FUNCTION instances_of;
DROP INDEX groups_place;
DROP TRIGGER groups_placed ON groups;
DROP TRIGGER group_domains_placed ON group_domains;
DROP FUNCTION place_domains, place_domain;
ALTER TABLE group_domains DROP COLUMN instance_id, DROP COLUMN base_path;
CREATE INDEX group_domains_domain ON group_domains (domain);
CREATE INDEX group_domains_reversed ON group_domains (reverse(domain) text_pattern_ops);
`;
