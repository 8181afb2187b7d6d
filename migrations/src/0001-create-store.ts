/** The store of the control plane: what owners define, what was published, who changed what. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateStore1700000000001 implements MigrationInterface {
  readonly name = 'CreateStore1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
-- One row: what belongs to the deployment as a whole.
CREATE TABLE deployment_state (
  id           integer PRIMARY KEY CHECK (id = 1),
  epoch        bigint NOT NULL,
  -- Authenticates X-Ca-Hop between all instances; sealed with the master key.
  hop_key      text NOT NULL
);

CREATE TABLE accounts (
  id           text PRIMARY KEY,
  name         text NOT NULL UNIQUE,
  is_default   boolean NOT NULL DEFAULT false,
  created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX accounts_one_default ON accounts (is_default) WHERE is_default;

CREATE TABLE tokens (
  id           text PRIMARY KEY,
  account_id   text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name         text NOT NULL,
  role         text NOT NULL CHECK (role IN ('admin', 'editor', 'publisher', 'viewer')),
  -- SHA-256 of the token; the token itself is 256 random bits and is stored nowhere.
  token_hash   text NOT NULL UNIQUE,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  last_used_at timestamptz
);
CREATE INDEX tokens_account ON tokens (account_id, id);

CREATE TABLE instances (
  id                 text PRIMARY KEY,
  account_id         text NOT NULL REFERENCES accounts (id),
  name               text NOT NULL UNIQUE,
  region             text NOT NULL,
  internal_endpoint  text,
  calls_from_gateway boolean NOT NULL DEFAULT false,
  private_dns        jsonb NOT NULL DEFAULT '[]',
  -- Own ids of the Via header: {public, internal, vpc}, random, fixed for the life of the instance.
  hop_ids            jsonb NOT NULL,
  -- Revision of the last committed change; rises by one under a lock on this row.
  revision           bigint NOT NULL DEFAULT 0,
  created_at         timestamptz NOT NULL DEFAULT now(),
  updated_at         timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE groups (
  id                  text PRIMARY KEY,
  account_id          text NOT NULL REFERENCES accounts (id),
  instance_id         text NOT NULL REFERENCES instances (id),
  name                text NOT NULL,
  description         text NOT NULL DEFAULT '',
  base_path           text NOT NULL DEFAULT '/',
  -- {internet, publicDomain, vpc}
  network             jsonb NOT NULL,
  internal_generated  boolean NOT NULL DEFAULT false,
  internal_enabled    boolean NOT NULL DEFAULT false,
  passthrough_headers jsonb NOT NULL DEFAULT '[]',
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, name)
);
CREATE INDEX groups_instance ON groups (instance_id, id);
CREATE INDEX groups_account ON groups (account_id, id);

-- Where a group used to be: its old instance answers I410GG.
CREATE TABLE group_moves (
  group_id         text NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  from_instance_id text NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  moved_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (from_instance_id, group_id)
);

CREATE TABLE apis (
  id          text PRIMARY KEY,
  account_id  text NOT NULL REFERENCES accounts (id),
  group_id    text NOT NULL REFERENCES groups (id),
  name        text NOT NULL,
  -- The draft: an API definition.
  definition  jsonb NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (group_id, name)
);
CREATE INDEX apis_group ON apis (group_id, id);

-- An immutable copy of the draft, made by each deployment.
CREATE TABLE api_versions (
  api_id      text NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
  version     text NOT NULL,
  stage       text NOT NULL,
  definition  jsonb NOT NULL,
  description text NOT NULL DEFAULT '',
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (api_id, version)
);

-- What is live where.
CREATE TABLE deployments (
  api_id       text NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
  stage        text NOT NULL,
  group_id     text NOT NULL REFERENCES groups (id),
  version      text NOT NULL,
  -- The n of the chunk apis:<group>:<n> that carries it.
  chunk_number integer NOT NULL,
  deployed_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (api_id, stage),
  FOREIGN KEY (api_id, version) REFERENCES api_versions (api_id, version)
);
CREATE INDEX deployments_chunk ON deployments (group_id, chunk_number);

CREATE TABLE apps (
  id          bigint PRIMARY KEY CHECK (id > 0 AND id <= 9007199254740991),
  account_id  text NOT NULL REFERENCES accounts (id),
  name        text NOT NULL,
  description text NOT NULL DEFAULT '',
  extend      text NOT NULL DEFAULT '',
  disabled    boolean NOT NULL DEFAULT false,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, name)
);
-- Chunks hold apps by id modulo 256.
CREATE INDEX apps_bucket ON apps (((id & 255)::integer), id);

CREATE TABLE app_keys (
  key        text PRIMARY KEY,
  app_id     bigint NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  -- Sealed with the master key.
  secret     text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX app_keys_app ON app_keys (app_id, key);

CREATE TABLE grants (
  id          text PRIMARY KEY,
  account_id  text NOT NULL REFERENCES accounts (id),
  app_id      bigint NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  api_id      text NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
  stage       text NOT NULL,
  expires_at  timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (app_id, api_id, stage)
);
CREATE INDEX grants_api ON grants (api_id, stage);

CREATE TABLE plugins (
  id          text PRIMARY KEY,
  account_id  text NOT NULL REFERENCES accounts (id),
  name        text NOT NULL,
  type        text NOT NULL,
  -- The configuration text as its owner wrote it, sealed with the master key: it may hold secrets.
  config      text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, name)
);

-- A plugin on an API or on a whole group, in a stage; one of a type each.
CREATE TABLE plugin_bindings (
  id         text PRIMARY KEY,
  plugin_id  text NOT NULL REFERENCES plugins (id),
  type       text NOT NULL,
  stage      text NOT NULL,
  api_id     text REFERENCES apis (id) ON DELETE CASCADE,
  group_id   text REFERENCES groups (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((api_id IS NULL) <> (group_id IS NULL)),
  UNIQUE (api_id, stage, type),
  UNIQUE (group_id, stage, type)
);
CREATE INDEX plugin_bindings_plugin ON plugin_bindings (plugin_id, id);

CREATE TABLE revisions (
  instance_id   text NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  revision      bigint NOT NULL,
  actor         text NOT NULL,
  action        text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  published_at  timestamptz,
  -- What the publisher found not to compile: [{resource, path, message}].
  problems      jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (instance_id, revision)
);

-- What a committed change touched and the publisher has not yet published.
CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance_id  text NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  revision     bigint NOT NULL,
  -- Keys of the chunks to build again.
  chunk_keys   jsonb NOT NULL,
  allow_shrink boolean NOT NULL DEFAULT false,
  created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_instance ON outbox (instance_id, id);

-- Canonical bytes of every chunk, named by their SHA-256.
CREATE TABLE chunks (
  hash       text PRIMARY KEY,
  bytes      bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The manifests of all revisions as intervals: which chunk stood under a key from one published revision to another.
CREATE TABLE manifest_chunks (
  instance_id   text NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  key           text NOT NULL,
  from_revision bigint NOT NULL,
  to_revision   bigint,
  hash          text NOT NULL REFERENCES chunks (hash),
  PRIMARY KEY (instance_id, key, from_revision)
);
CREATE UNIQUE INDEX manifest_chunks_current ON manifest_chunks (instance_id, key) WHERE to_revision IS NULL;
CREATE INDEX manifest_chunks_hash ON manifest_chunks (hash);

-- The manifest that was published last.
CREATE TABLE published_manifests (
  instance_id  text PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
  epoch        bigint NOT NULL,
  revision     bigint NOT NULL,
  manifest     jsonb NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now()
);

-- What each data plane reported last. Unlogged: it reports again within seconds, and no report waits for the disk.
CREATE UNLOGGED TABLE nodes (
  instance_id text NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  node        text NOT NULL,
  epoch       bigint NOT NULL,
  revision    bigint NOT NULL,
  state       text NOT NULL,
  errors      jsonb NOT NULL DEFAULT '[]',
  source      text NOT NULL,
  -- {epoch, revision} of the newest manifest it refused; null when it runs the newest it knows.
  rejected    jsonb,
  applied_at  timestamptz NOT NULL,
  reported_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (instance_id, node)
);

CREATE TABLE audit_events (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id    text NOT NULL,
  at            timestamptz NOT NULL DEFAULT now(),
  -- The token that acted, by id and name.
  token_id      text NOT NULL,
  token_name    text NOT NULL,
  request_id    text NOT NULL,
  action        text NOT NULL,
  resource_type text NOT NULL,
  resource_id   text NOT NULL,
  -- What changed, without any secret.
  details       jsonb NOT NULL DEFAULT '{}',
  -- [{instanceId, revision}]
  revisions     jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX audit_events_account ON audit_events (account_id, id);
`;

const DOWN = `
DROP TABLE audit_events, nodes, published_manifests, manifest_chunks, chunks, outbox, revisions, plugin_bindings, plugins,
  grants, app_keys, apps, deployments, api_versions, apis, group_moves, groups, instances, tokens, accounts, deployment_state;
`;
