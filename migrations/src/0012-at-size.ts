/** What keeps writes and lists of large accounts as quick as those of small ones. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AtSize1700000000012 implements MigrationInterface {
  readonly name = 'AtSize1700000000012';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [ROUTES, CHUNKS, LISTS]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const ROUTES = `
-- Equal for routes that answer to the same requests; what is equal is compared exactly by whoever asks. Which literal a percent triplet
-- stands for is not decided here: all paths with one share a bucket.
CREATE FUNCTION route_bucket(definition jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(definition #>> '{request,method}', '') || ' ' ||
    CASE WHEN position('%' in definition #>> '{request,path}') > 0 THEN '%'
         ELSE coalesce(regexp_replace(definition #>> '{request,path}', '[[][^]/]*[]]', '[]', 'g'), '') END
$$;
CREATE INDEX apis_route ON apis (group_id, route_bucket(definition));

ALTER TABLE deployments ADD COLUMN route text;
UPDATE deployments d SET route = route_bucket(v.definition) FROM api_versions v WHERE v.api_id = d.api_id AND v.version = d.version;
ALTER TABLE deployments ALTER COLUMN route SET NOT NULL;
CREATE INDEX deployments_route ON deployments (group_id, stage, route);
-- All of a stage, page by page.
CREATE INDEX deployments_stage ON deployments (group_id, stage, api_id);

CREATE FUNCTION set_deployment_route() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT route_bucket(definition) INTO NEW.route FROM api_versions WHERE api_id = NEW.api_id AND version = NEW.version;
  RETURN NEW;
END
$$;
CREATE TRIGGER deployments_routed BEFORE INSERT OR UPDATE OF version ON deployments
  FOR EACH ROW EXECUTE FUNCTION set_deployment_route();
`;

const CHUNKS = `
-- How many deployments each chunk apis:<group>:<n> carries. A deployment never goes to another chunk.
CREATE TABLE apis_chunks (
  group_id     text NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  chunk_number integer NOT NULL,
  size         integer NOT NULL CHECK (size >= 0),
  PRIMARY KEY (group_id, chunk_number)
);
INSERT INTO apis_chunks SELECT group_id, chunk_number, count(*) FROM deployments GROUP BY group_id, chunk_number;

CREATE FUNCTION count_deployments_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO apis_chunks AS c (group_id, chunk_number, size)
  SELECT group_id, chunk_number, count(*) FROM after GROUP BY group_id, chunk_number ORDER BY group_id, chunk_number
  ON CONFLICT (group_id, chunk_number) DO UPDATE SET size = c.size + excluded.size;
  RETURN NULL;
END
$$;
CREATE FUNCTION count_deployments_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE apis_chunks c SET size = c.size - gone.size
  FROM (SELECT group_id, chunk_number, count(*) AS size FROM before GROUP BY group_id, chunk_number) gone
  WHERE c.group_id = gone.group_id AND c.chunk_number = gone.chunk_number;
  RETURN NULL;
END
$$;
CREATE TRIGGER deployments_counted AFTER INSERT ON deployments REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION count_deployments_begun();
CREATE TRIGGER deployments_discounted AFTER DELETE ON deployments REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION count_deployments_ended();
`;

const LISTS = `
CREATE INDEX apps_account ON apps (account_id, id);
CREATE INDEX grants_account ON grants (account_id, id);
CREATE INDEX plugins_account ON plugins (account_id, id);
CREATE INDEX vpc_accesses_account ON vpc_accesses (account_id, id);
CREATE INDEX audit_events_resource ON audit_events (account_id, resource_id, id);
CREATE INDEX audit_events_type ON audit_events (account_id, resource_type, id);
-- What a publication stamps, among all revisions that are kept.
CREATE INDEX revisions_unpublished ON revisions (instance_id, revision) WHERE published_at IS NULL;
`;

const DOWN = `
DROP INDEX revisions_unpublished, audit_events_type, audit_events_resource, vpc_accesses_account, plugins_account, grants_account,
  apps_account;
DROP TRIGGER deployments_discounted ON deployments;
DROP TRIGGER deployments_counted ON deployments;
DROP FUNCTION count_deployments_ended, count_deployments_begun;
DROP TABLE apis_chunks;
DROP TRIGGER deployments_routed ON deployments;
DROP FUNCTION set_deployment_route;
DROP INDEX deployments_stage;
ALTER TABLE deployments DROP COLUMN route;
DROP INDEX apis_route;
DROP FUNCTION route_bucket;
`;
