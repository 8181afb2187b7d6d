/** The doorbell as server-sent events: one open answer for each data plane that has no Redis. */
import type { Manifest } from '@causeway/contract';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { ManifestBell } from './manifest-bell.js';

/** Shows a reader that the line is alive, and us that the reader is. */
const HEARTBEAT_MS = 10_000;

type Head = Pick<Manifest, 'instance' | 'epoch' | 'revision'>;

@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly ends = new Set<() => void>();

  constructor(private readonly bell: ManifestBell) {}

  /** Says each time where the instance has moved to; answers the function that says so now. */
  open(instanceId: string, response: Response): (head: Head) => void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    const tell = ({ epoch, revision }: Head): void => {
      // The reader may have left while the caller looked up what to say.
      if (!response.writableEnded) response.write(`event: revision\ndata: ${JSON.stringify({ epoch, revision })}\n\n`);
    };
    const stopListening = this.bell.listen((head) => {
      if (head.instance === instanceId) tell(head);
    });
    const heartbeat = setInterval(() => response.write(': alive\n\n'), HEARTBEAT_MS);
    // Nothing is written after the end: not by the bell, not by the heartbeat.
    const end = () => {
      stopListening();
      clearInterval(heartbeat);
      this.ends.delete(end);
      response.end();
    };
    this.ends.add(end);
    response.once('close', end);
    return tell;
  }

  beforeApplicationShutdown(): void {
    for (const end of this.ends) end();
  }
}
