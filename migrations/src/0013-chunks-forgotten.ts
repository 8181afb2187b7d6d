/** Says when a chunk ceased to stand under its key, so that what nobody needs any more can be forgotten. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ChunksForgotten1700000000013 implements MigrationInterface {
  readonly name = 'ChunksForgotten1700000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
-- Null while it stands. What had ended before this column came counts from here.
ALTER TABLE manifest_chunks ADD COLUMN ended_at timestamptz;
UPDATE manifest_chunks SET ended_at = now() WHERE to_revision IS NOT NULL;
CREATE INDEX manifest_chunks_ended ON manifest_chunks (instance_id, to_revision) WHERE to_revision IS NOT NULL;

-- A publisher of the release before, beside which this one starts, ends intervals too.
CREATE FUNCTION note_chunk_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.ended_at := CASE WHEN NEW.to_revision IS NOT NULL THEN clock_timestamp() END;
  RETURN NEW;
END
$$;
CREATE TRIGGER manifest_chunks_dated BEFORE UPDATE OF to_revision ON manifest_chunks
  FOR EACH ROW EXECUTE FUNCTION note_chunk_ended();
`;

const DOWN = `
DROP TRIGGER manifest_chunks_dated ON manifest_chunks;
DROP FUNCTION note_chunk_ended;
DROP INDEX manifest_chunks_ended;
ALTER TABLE manifest_chunks DROP COLUMN ended_at;
`;
