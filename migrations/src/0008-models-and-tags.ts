/** JSON Schema models of groups, and tags on resources. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ModelsAndTags1700000000008 implements MigrationInterface {
  readonly name = 'ModelsAndTags1700000000008';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [MODELS, TAGS]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const MODELS = `
CREATE TABLE models (
  id          text PRIMARY KEY,
  group_id    text NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  name        text NOT NULL,
  description text NOT NULL DEFAULT '',
  -- JSON Schema, draft 4; json and not jsonb: the order of its members is for people.
  schema      json NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (group_id, name)
);
CREATE INDEX models_group ON models (group_id, id);
`;

const TAGS = `
CREATE TABLE tags (
  -- Who set it, and alone sees it.
  account_id    text NOT NULL REFERENCES accounts (id),
  resource_type text NOT NULL CHECK (resource_type IN ('group', 'api', 'plugin', 'app', 'instance')),
  resource_id   text NOT NULL,
  key           text NOT NULL,
  value         text NOT NULL,
  -- As a filter names it.
  pair          text NOT NULL GENERATED ALWAYS AS (key || ':' || value) STORED,
  PRIMARY KEY (account_id, resource_type, resource_id, key)
);
CREATE INDEX tags_pair ON tags (account_id, resource_type, pair, resource_id);
CREATE INDEX tags_key ON tags (account_id, key, value);
CREATE INDEX tags_resource ON tags (resource_id, resource_type);

-- Tags go with what they are on. Whoever tags something holds it, so that none comes after it has gone.
CREATE FUNCTION drop_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM tags t USING before b WHERE t.resource_type = TG_ARGV[0] AND t.resource_id = b.id::text;
  RETURN NULL;
END
$$;
CREATE TRIGGER groups_untagged AFTER DELETE ON groups REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION drop_tags('group');
CREATE TRIGGER apis_untagged AFTER DELETE ON apis REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION drop_tags('api');
CREATE TRIGGER plugins_untagged AFTER DELETE ON plugins REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION drop_tags('plugin');
CREATE TRIGGER apps_untagged AFTER DELETE ON apps REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION drop_tags('app');
CREATE TRIGGER instances_untagged AFTER DELETE ON instances REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION drop_tags('instance');
`;

const DOWN = `
DROP TRIGGER instances_untagged ON instances;
DROP TRIGGER apps_untagged ON apps;
DROP TRIGGER plugins_untagged ON plugins;
DROP TRIGGER apis_untagged ON apis;
DROP TRIGGER groups_untagged ON groups;
DROP FUNCTION drop_tags;
DROP TABLE tags, models;
`;
