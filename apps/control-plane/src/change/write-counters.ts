/** What came of writes, for metrics. */
import { Injectable } from '@nestjs/common';

@Injectable()
export class WriteCounters {
  committed = 0;
  /** Refused, or failed: nothing of it is there. */
  undone = 0;
  /** Attempts that collided with another write and were made again. */
  collided = 0;
}
