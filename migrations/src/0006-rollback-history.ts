/** Keeps what a rollback writes back, by the revisions between which it stood; the database itself notes it in every write. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RollbackHistory1700000000006 implements MigrationInterface {
  readonly name = 'RollbackHistory1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [TABLES, NOTING, DEPLOYMENTS, BINDINGS, PLUGINS, VARIABLES, GROUPS, STAMPING, SEED])
      await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const TABLES = `
ALTER TABLE revisions
  -- Who wrote, and what; null of revisions older than these columns.
  ADD COLUMN account_id    text,
  ADD COLUMN resource_type text,
  ADD COLUMN resource_id   text,
  -- False of revisions older than the history below.
  ADD COLUMN restorable    boolean NOT NULL DEFAULT false;
ALTER TABLE revisions ALTER COLUMN restorable SET DEFAULT true;
UPDATE revisions r SET restorable = true FROM instances i WHERE i.id = r.instance_id AND i.revision = r.revision;
CREATE INDEX revisions_account ON revisions (instance_id, account_id, revision);

-- What stood on an instance, one row for each span of revisions in which it did not change:
--   kind         | target  | stage | slot        | value
--   deployment   | API     | stage | -           | version
--   apiBinding   | API     | stage | plugin type | plugin
--   groupBinding | group   | stage | plugin type | plugin
--   variable     | group   | stage | name        | value
--   plugin       | plugin  | -     | -           | configuration text, sealed as in plugins.config
-- A plugin is noted for each instance on which it was ever bound.
CREATE TABLE rollback_history (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance_id   text NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  account_id    text NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('deployment', 'apiBinding', 'groupBinding', 'variable', 'plugin')),
  -- Null of a plugin.
  group_id      text,
  target        text NOT NULL,
  stage         text NOT NULL,
  slot          text NOT NULL,
  value         text NOT NULL,
  -- Came with its group from another instance.
  arrived       boolean NOT NULL DEFAULT false,
  -- First revision that has it, and first that has it no more. Null until the write that brought or ended it takes its revision,
  -- which it does last before it commits.
  from_revision bigint,
  to_revision   bigint,
  ended         boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX rollback_history_open ON rollback_history (target, kind, stage, slot, instance_id) WHERE NOT ended;
CREATE INDEX rollback_history_unstamped ON rollback_history (instance_id, target)
  WHERE from_revision IS NULL OR (ended AND to_revision IS NULL);
CREATE INDEX rollback_history_from ON rollback_history (instance_id, account_id, from_revision);
CREATE INDEX rollback_history_to ON rollback_history (instance_id, to_revision) WHERE to_revision IS NOT NULL;
CREATE INDEX rollback_history_bound ON rollback_history (instance_id, value) WHERE kind IN ('apiBinding', 'groupBinding');
CREATE INDEX rollback_history_group ON rollback_history (group_id) WHERE NOT ended AND group_id IS NOT NULL;
`;

/** By whole statements: a batch costs one look, not one for each row. */
const NOTING = `
CREATE TYPE history_note AS (
  instance_id text, account_id text, kind text, group_id text, target text, stage text, slot text, value text, arrived boolean
);

-- Instance and value of the notes do not count: what ends, ends wherever it stood.
CREATE FUNCTION note_ended(notes history_note[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Begun by the same write: no revision ever had it.
  DELETE FROM rollback_history h USING unnest(notes) n
  WHERE NOT h.ended AND h.from_revision IS NULL AND (h.target, h.kind, h.stage, h.slot) = (n.target, n.kind, n.stage, n.slot);
  UPDATE rollback_history h SET ended = true FROM unnest(notes) n
  WHERE NOT h.ended AND (h.target, h.kind, h.stage, h.slot) = (n.target, n.kind, n.stage, n.slot);
END
$$;

CREATE FUNCTION note_begun(notes history_note[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Deleted and written again by the same write: it never ended.
  UPDATE rollback_history h SET ended = false FROM unnest(notes) n
  WHERE h.ended AND h.to_revision IS NULL AND h.instance_id = n.instance_id
    AND (h.target, h.kind, h.stage, h.slot, h.value) = (n.target, n.kind, n.stage, n.slot, n.value);
  INSERT INTO rollback_history (instance_id, account_id, kind, group_id, target, stage, slot, value, arrived)
  SELECT instance_id, account_id, kind, group_id, target, stage, slot, value, arrived FROM unnest(notes)
  ON CONFLICT (target, kind, stage, slot, instance_id) WHERE NOT ended DO NOTHING;
END
$$;
`;

const DEPLOYMENTS = `
CREATE FUNCTION note_deployments_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_ended(array_agg(ROW(NULL, NULL, 'deployment', NULL, o.api_id, o.stage, '', NULL, false)::history_note)) FROM before o;
  RETURN NULL;
END
$$;
CREATE FUNCTION note_deployments_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_begun(array_agg(ROW(g.instance_id, g.account_id, 'deployment', g.id, n.api_id, n.stage, '', n.version, false)::history_note))
  FROM after n JOIN groups g ON g.id = n.group_id;
  RETURN NULL;
END
$$;
-- Compared with what is noted, not with OLD TABLE: a plan made for one row would join thousands of them row by row.
CREATE FUNCTION note_deployments_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE notes history_note[];
BEGIN
  SELECT array_agg(ROW(g.instance_id, g.account_id, 'deployment', g.id, n.api_id, n.stage, '', n.version, false)::history_note) INTO notes
  FROM after n JOIN groups g ON g.id = n.group_id
  LEFT JOIN rollback_history h ON NOT h.ended AND (h.target, h.kind, h.stage, h.slot) = (n.api_id, 'deployment', n.stage, '')
  WHERE h.value IS DISTINCT FROM n.version;
  PERFORM note_ended(notes);
  PERFORM note_begun(notes);
  RETURN NULL;
END
$$;
CREATE TRIGGER deployments_ended AFTER DELETE ON deployments REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION note_deployments_ended();
CREATE TRIGGER deployments_begun AFTER INSERT ON deployments REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_deployments_begun();
CREATE TRIGGER deployments_changed AFTER UPDATE ON deployments REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_deployments_changed();
`;

/** A binding is never updated: it goes, and another comes. */
const BINDINGS = `
CREATE FUNCTION note_bindings_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_ended(array_agg(ROW(NULL, NULL, CASE WHEN o.api_id IS NULL THEN 'groupBinding' ELSE 'apiBinding' END, NULL,
    coalesce(o.api_id, o.group_id), o.stage, o.type, NULL, false)::history_note)) FROM before o;
  RETURN NULL;
END
$$;
CREATE FUNCTION note_bindings_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_begun(array_agg(ROW(g.instance_id, g.account_id, CASE WHEN n.api_id IS NULL THEN 'groupBinding' ELSE 'apiBinding' END,
    g.id, coalesce(n.api_id, n.group_id), n.stage, n.type, n.plugin_id, false)::history_note))
  FROM after n LEFT JOIN apis a ON a.id = n.api_id JOIN groups g ON g.id = coalesce(n.group_id, a.group_id);
  PERFORM note_begun(array_agg(ROW(i.instance_id, p.account_id, 'plugin', NULL, p.id, '', '', p.config, false)::history_note))
  FROM (SELECT DISTINCT n.plugin_id, g.instance_id FROM after n LEFT JOIN apis a ON a.id = n.api_id
        JOIN groups g ON g.id = coalesce(n.group_id, a.group_id)) i
  JOIN plugins p ON p.id = i.plugin_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER plugin_bindings_ended AFTER DELETE ON plugin_bindings REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION note_bindings_ended();
CREATE TRIGGER plugin_bindings_begun AFTER INSERT ON plugin_bindings REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_bindings_begun();
`;

const PLUGINS = `
CREATE FUNCTION note_plugins_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE notes history_note[];
BEGIN
  SELECT array_agg(ROW(h.instance_id, h.account_id, 'plugin', NULL, n.id, '', '', n.config, false)::history_note) INTO notes
  FROM after n JOIN rollback_history h ON NOT h.ended AND (h.target, h.kind, h.stage, h.slot) = (n.id, 'plugin', '', '')
  WHERE h.value <> n.config;
  PERFORM note_ended(notes);
  PERFORM note_begun(notes);
  RETURN NULL;
END
$$;
CREATE FUNCTION note_plugins_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_ended(array_agg(ROW(NULL, NULL, 'plugin', NULL, o.id, '', '', NULL, false)::history_note)) FROM before o;
  RETURN NULL;
END
$$;
CREATE TRIGGER plugins_changed AFTER UPDATE ON plugins REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_plugins_changed();
CREATE TRIGGER plugins_ended AFTER DELETE ON plugins REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION note_plugins_ended();
`;

/** A variable is never updated: all of a stage are written anew. */
const VARIABLES = `
CREATE FUNCTION note_variables_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_ended(array_agg(ROW(NULL, NULL, 'variable', NULL, o.group_id, o.stage, o.name, NULL, false)::history_note)) FROM before o;
  RETURN NULL;
END
$$;
CREATE FUNCTION note_variables_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_begun(array_agg(ROW(g.instance_id, g.account_id, 'variable', g.id, g.id, n.stage, n.name, n.value, false)::history_note))
  FROM after n JOIN groups g ON g.id = n.group_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER stage_variables_ended AFTER DELETE ON stage_variables REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION note_variables_ended();
CREATE TRIGGER stage_variables_begun AFTER INSERT ON stage_variables REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_variables_begun();
`;

const GROUPS = `
CREATE FUNCTION note_group_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE notes history_note[];
BEGIN
  SELECT array_agg(ROW(NEW.instance_id, account_id, kind, group_id, target, stage, slot, value, true)::history_note) INTO notes
  FROM rollback_history WHERE group_id = NEW.id AND NOT ended;
  PERFORM note_ended(notes);
  PERFORM note_begun(notes);
  PERFORM note_begun(array_agg(ROW(NEW.instance_id, p.account_id, 'plugin', NULL, p.id, '', '', p.config, false)::history_note))
  FROM plugins p WHERE p.id IN (
    SELECT value FROM rollback_history WHERE group_id = NEW.id AND NOT ended AND kind IN ('apiBinding', 'groupBinding'));
  RETURN NULL;
END
$$;
CREATE TRIGGER groups_moved AFTER UPDATE OF instance_id ON groups
  FOR EACH ROW WHEN (OLD.instance_id <> NEW.instance_id) EXECUTE FUNCTION note_group_moved();
`;

/** A revision is taken under the lock on its instance: what is noted gets its number in the order in which writes commit. */
const STAMPING = `
CREATE FUNCTION stamp_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE rollback_history
  SET from_revision = coalesce(from_revision, NEW.revision), to_revision = CASE WHEN ended THEN NEW.revision END
  WHERE instance_id = NEW.id AND (from_revision IS NULL OR (ended AND to_revision IS NULL));
  RETURN NULL;
END
$$;
CREATE TRIGGER instances_revised AFTER UPDATE OF revision ON instances
  FOR EACH ROW WHEN (NEW.revision > OLD.revision) EXECUTE FUNCTION stamp_history();
`;

/** What stands by now stands since the last revision, as far as anybody can tell. */
const SEED = `
INSERT INTO rollback_history (instance_id, account_id, kind, group_id, target, stage, slot, value, from_revision)
SELECT i.id, s.account_id, s.kind, s.group_id, s.target, s.stage, s.slot, s.value, i.revision FROM (
  SELECT g.instance_id, g.account_id, 'deployment' AS kind, g.id AS group_id, d.api_id AS target, d.stage, '' AS slot, d.version AS value
  FROM deployments d JOIN groups g ON g.id = d.group_id
  UNION ALL
  SELECT g.instance_id, g.account_id, CASE WHEN b.api_id IS NULL THEN 'groupBinding' ELSE 'apiBinding' END, g.id,
         coalesce(b.api_id, b.group_id), b.stage, b.type, b.plugin_id
  FROM plugin_bindings b LEFT JOIN apis a ON a.id = b.api_id JOIN groups g ON g.id = coalesce(b.group_id, a.group_id)
  UNION ALL
  SELECT g.instance_id, g.account_id, 'variable', g.id, g.id, v.stage, v.name, v.value
  FROM stage_variables v JOIN groups g ON g.id = v.group_id
  UNION ALL
  SELECT DISTINCT g.instance_id, p.account_id, 'plugin', NULL, p.id, '', '', p.config
  FROM plugins p JOIN plugin_bindings b ON b.plugin_id = p.id LEFT JOIN apis a ON a.id = b.api_id
  JOIN groups g ON g.id = coalesce(b.group_id, a.group_id)
) s JOIN instances i ON i.id = s.instance_id;
`;

const DOWN = `
DROP TRIGGER instances_revised ON instances;
DROP TRIGGER groups_moved ON groups;
DROP TRIGGER stage_variables_begun ON stage_variables;
DROP TRIGGER stage_variables_ended ON stage_variables;
DROP TRIGGER plugins_ended ON plugins;
DROP TRIGGER plugins_changed ON plugins;
DROP TRIGGER plugin_bindings_begun ON plugin_bindings;
DROP TRIGGER plugin_bindings_ended ON plugin_bindings;
DROP TRIGGER deployments_changed ON deployments;
DROP TRIGGER deployments_begun ON deployments;
DROP TRIGGER deployments_ended ON deployments;
DROP FUNCTION stamp_history, note_group_moved, note_variables_begun, note_variables_ended, note_plugins_ended, note_plugins_changed,
  note_bindings_begun, note_bindings_ended, note_deployments_changed, note_deployments_begun, note_deployments_ended,
  note_begun, note_ended;
DROP TYPE history_note;
DROP TABLE rollback_history;
DROP INDEX revisions_account;
ALTER TABLE revisions DROP COLUMN account_id, DROP COLUMN resource_type, DROP COLUMN resource_id, DROP COLUMN restorable;
`;
