/** Measures what this process has done. */
import { Injectable } from '@nestjs/common';
import { WriteCounters } from '../change/write-counters.js';
import { HistoryKeeper } from '../revisions/history-keeper.js';
import { exportCounter } from './export-values.js';
import { Registry } from './registry.js';

@Injectable()
export class WorkMetrics {
  constructor(registry: Registry, writes: WriteCounters, keeper: HistoryKeeper) {
    exportCounter(
      registry,
      {
        name: 'causeway_writes_total',
        help: 'Writes through the door that were committed, and those that were undone: refused or failed.',
        labelNames: ['outcome'],
      },
      () => [
        [{ outcome: 'committed' }, writes.committed],
        [{ outcome: 'undone' }, writes.undone],
      ],
    );
    exportCounter(
      registry,
      { name: 'causeway_write_conflicts_total', help: 'Attempts that collided with another write and were made again.' },
      () => [[{}, writes.collided]],
    );
    exportCounter(
      registry,
      {
        name: 'causeway_forgotten_total',
        help: 'Published chunks, and intervals in which one stood, that nobody needs any more.',
        labelNames: ['what'],
      },
      () => [
        [{ what: 'chunks' }, keeper.forgotten.chunks],
        [{ what: 'intervals' }, keeper.forgotten.intervals],
      ],
    );
  }
}
