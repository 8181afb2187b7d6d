/** Measures the way from the database to data planes. */
import { Injectable } from '@nestjs/common';
import { Publisher } from '../publish/publisher.js';
import { RedisKeeper } from '../publish/redis-keeper.js';
import { exportCounter, exportGauge } from './export-values.js';
import { Registry } from './registry.js';

@Injectable()
export class PublishMetrics {
  constructor(registry: Registry, { counters }: Publisher, redis: RedisKeeper) {
    exportCounter(
      registry,
      {
        name: 'causeway_publications_total',
        help: 'Publications of an instance by this process, and attempts at one that failed.',
        labelNames: ['outcome'],
      },
      () => [
        [{ outcome: 'published' }, counters.published],
        [{ outcome: 'failed' }, counters.failed],
      ],
    );
    exportCounter(
      registry,
      { name: 'causeway_publication_seconds_total', help: 'Time that publications took together, building and storing.' },
      () => [[{}, counters.seconds]],
    );
    exportGauge(
      registry,
      {
        name: 'causeway_redis_follows',
        help: '1 when Redis takes what is published, 0 when it does not; nothing without Redis.',
      },
      () => (redis.follows === null ? [] : [[{}, Number(redis.follows)]]),
    );
  }
}
