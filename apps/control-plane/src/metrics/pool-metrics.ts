/** Measures the connections to Postgres. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { exportGauge } from './export-values.js';
import { Registry } from './registry.js';

/** TypeORM's, of node-postgres. */
interface Pool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max: number };
}

@Injectable()
export class PoolMetrics {
  constructor(registry: Registry, { driver }: DataSource) {
    const { master: pool } = driver as unknown as { readonly master: Pool };
    exportGauge(
      registry,
      { name: 'causeway_database_connections', help: 'Connections to Postgres, by whether they work.', labelNames: ['state'] },
      () => [
        [{ state: 'used' }, pool.totalCount - pool.idleCount],
        [{ state: 'idle' }, pool.idleCount],
      ],
    );
    exportGauge(registry, { name: 'causeway_database_connections_most', help: 'Connections that there may be.' }, () => [
      [{}, pool.options.max],
    ]);
    exportGauge(registry, { name: 'causeway_database_waiting', help: 'Work that waits for a connection.' }, () => [
      [{}, pool.waitingCount],
    ]);
  }
}
