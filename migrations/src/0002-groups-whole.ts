/** What a group, its domains and its stages say beyond the first release, named upstreams, and limits of an instance. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class GroupsWhole1700000000002 implements MigrationInterface {
  readonly name = 'GroupsWhole1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
ALTER TABLE instances
  -- {ipv4?: {mode, blocks}, ipv6?: {mode, blocks}}
  ADD COLUMN access_list   jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN traffic_limit integer;

ALTER TABLE groups
  -- {in?, name?, keepForBackend?}
  ADD COLUMN app_code             jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN sse                  boolean NOT NULL DEFAULT false,
  ADD COLUMN debug                boolean NOT NULL DEFAULT false,
  ADD COLUMN remove_server_header boolean NOT NULL DEFAULT false,
  ADD COLUMN traffic_limit        integer;

-- Custom domains. A name may serve several groups of an instance whose base paths differ.
CREATE TABLE group_domains (
  id         text PRIMARY KEY,
  group_id   text NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  domain     text NOT NULL,
  type       text NOT NULL CHECK (type IN ('internet', 'intranet')),
  stage      text,
  -- Of a wildcard: texts such as {svc}.x.com.
  patterns   jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (group_id, domain)
);
CREATE INDEX group_domains_domain ON group_domains (domain);
-- What is under a wildcard.
CREATE INDEX group_domains_reversed ON group_domains (reverse(domain) text_pattern_ops);

-- Own stages; RELEASE, PRE and TEST need no row.
CREATE TABLE group_stages (
  group_id    text NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  name        text NOT NULL,
  alias       text NOT NULL,
  description text NOT NULL DEFAULT '',
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (group_id, name)
);

CREATE TABLE stage_variables (
  group_id text NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  stage    text NOT NULL,
  name     text NOT NULL,
  value    text NOT NULL,
  PRIMARY KEY (group_id, stage, name)
);

CREATE TABLE vpc_accesses (
  id          text PRIMARY KEY,
  account_id  text NOT NULL REFERENCES accounts (id),
  name        text NOT NULL,
  address     text NOT NULL,
  host_header text,
  description text NOT NULL DEFAULT '',
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, name)
);
`;

const DOWN = `
DROP TABLE vpc_accesses, stage_variables, group_stages, group_domains;
ALTER TABLE groups DROP COLUMN app_code, DROP COLUMN sse, DROP COLUMN debug, DROP COLUMN remove_server_header, DROP COLUMN traffic_limit;
ALTER TABLE instances DROP COLUMN access_list, DROP COLUMN traffic_limit;
`;
