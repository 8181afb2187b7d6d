/** Which chunks a write touched, on which instance: the outbox as it was before the publisher emptied it. */
import type { DataSource } from 'typeorm';

export interface TouchedLog {
  /** Instance id -> keys in order, of all writes in `work`. */
  during(work: () => PromiseLike<unknown>): Promise<Record<string, string[]>>;
}

export async function keepTouchedLog(dataSource: DataSource): Promise<TouchedLog> {
  await dataSource.query(`
    CREATE TABLE touched_log (instance_id text, chunk_keys jsonb, allow_shrink boolean);
    CREATE FUNCTION keep_touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO touched_log VALUES (NEW.instance_id, NEW.chunk_keys, NEW.allow_shrink);
      RETURN NULL;
    END $$;
    CREATE TRIGGER keep_touched AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION keep_touched();`);
  return {
    async during(work) {
      await dataSource.query('DELETE FROM touched_log');
      await work();
      const rows: { instance_id: string; chunk_keys: string[]; allow_shrink: boolean }[] = await dataSource.query(
        'SELECT * FROM touched_log ORDER BY instance_id',
      );
      return Object.fromEntries(
        rows.map((row) => [row.instance_id, [...row.chunk_keys, ...(row.allow_shrink ? ['allowShrink'] : [])]]),
      );
    },
  };
}
