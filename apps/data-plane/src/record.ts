/** Keeps what the access log is to show of bodies and answers while they pass; nothing waits for it (management model 2.17). */
// hot
import type { RecordRule } from '@causeway/engine';
import { type Answer, type BodySink, type BodySource, BodyStart, RecordedAnswer } from '@causeway/plugins';
import type { Hop } from './gateway.js';

/** To be called with the answer as the hop gives it, before the gateway adds its own headers. */
export function recordAnswer(x: Hop, answer: Answer): void {
  const rule = x.route === null ? null : x.route.record;
  if (rule !== null && (rule.responseHeaders !== null || rule.responseBody !== null)) record(x, answer, rule);
}

function record(x: Hop, answer: Answer, rule: RecordRule): void {
  const start = rule.responseBody === null ? null : startOf(x, answer);
  x.recorded = new RecordedAnswer(answer.headers.slice(), start);
}

/** A body that is still on its way is seen when it goes out. */
function startOf({ method }: Hop, answer: Answer): BodyStart | null {
  const { body, status } = answer;
  if (body === null || method === 'HEAD' || status === 204 || status === 304) return null;
  if (Buffer.isBuffer(body)) return BodyStart.of(body);
  const start = new BodyStart();
  answer.body = new Recorded(body, start);
  return start;
}

class Recorded implements BodySource {
  constructor(
    private readonly source: BodySource,
    private readonly start: BodyStart,
  ) {}

  whole(): Buffer | null {
    const body = this.source.whole();
    if (body !== null) this.start.takeAll(body);
    return body;
  }

  flow(sink: BodySink): void {
    const { start } = this;
    this.source.flow({
      write(chunk) {
        start.take(chunk);
        return sink.write(chunk);
      },
      end() {
        start.end();
        sink.end();
      },
      fail: (reason) => sink.fail(reason),
    });
  }

  resume(): void {
    this.source.resume();
  }

  cancel(): void {
    this.source.cancel();
  }
}

/**
 * For the body of a request that nobody buffers: its beginning, for all hops of this process that hand this body on and log it.
 * Null: none does.
 */
export function startRequestBody(x: Hop): BodyStart | null {
  let start: BodyStart | null = null;
  for (let hop: Hop | null = x; hop !== null && hop.body === x.body; hop = hop.parent) {
    const rule = hop.route!.record;
    if (rule === null || rule.requestBody === null) continue;
    start ??= new BodyStart();
    hop.bodyStart = start;
  }
  return start;
}
