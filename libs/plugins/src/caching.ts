/** Keeps answers of backends, and gives them again without a call (plugins, section 5.10). */
// hot
import { z } from 'zod';
import { cachingDoubts } from './caching-doubts.js';
import { keyMaker } from './caching-key.js';
import { ALWAYS_KEPT, lifetimeMs, mayBeKept } from './caching-rules.js';
import { cachingSummary } from './caching-summary.js';
import { Answer } from './kit/answer.js';
import { readAnswerBody } from './kit/answer-body.js';
import type { Exchange } from './kit/exchange.js';
import { HeaderName, text, whole } from './kit/fields.js';
import { definePlugin, type Steps } from './kit/plugin.js';
import type { Flight, StoredAnswer } from './kit/services.js';

/** A longer duration acts as this one, seconds. */
const LONGEST = 172_800;
/** A longer body is not kept, bytes. */
export const MAX_BODY_BYTES = 1_048_576;
const MAX_NAMES = 64;

const schema = z.strictObject({
  varyByApp: z.boolean().default(false).describe('an answer is given again to the same app only'),
  varyByParameters: z
    .array(text(128).pipe(z.string().min(1)))
    .max(MAX_NAMES)
    .optional()
    .describe('parameters of the API that tell answers apart; absent: the whole query; empty: none'),
  varyByHeaders: z.array(HeaderName).max(MAX_NAMES).default([]).describe('request headers that tell answers apart'),
  clientCacheControl: z
    .strictObject({
      mode: z
        .enum(['off', 'all', 'app', 'apps'])
        .transform((mode) => (mode === 'apps' ? 'app' : mode))
        .default('off'),
      apps: z
        .array(text(16).pipe(z.string().regex(/^[1-9][0-9]*$/, 'must be the id of an app')))
        .max(1000)
        .default([]),
    })
    .default({ mode: 'off', apps: [] })
    .describe('whose Cache-Control is obeyed: nobody’s, everybody’s, that of the listed apps'),
  cacheableHeaders: z.array(HeaderName).max(MAX_NAMES).default([]).describe('kept beside Content-Type, -Encoding and -Language'),
  duration: whole(0, Number.MAX_SAFE_INTEGER)
    .transform((seconds) => Math.min(seconds, LONGEST))
    .optional()
    .describe('seconds, where the backend says nothing of it; at most 172800; absent or 0: only what the backend allows'),
});

export type CachingConfig = z.infer<typeof schema>;

/** A request that missed, and asks the backend for all who missed the same. */
interface Pending {
  readonly key: string;
  readonly flight: Flight & { readonly leader: true };
}

export const caching = definePlugin({
  type: 'caching',
  description: 'Keeps answers of backends to GET, and gives them again without a call.',
  schema,
  secretPaths: [],
  example: `varyByParameters:
- userId
varyByHeaders:
- X-Language
duration: 60
`,
  doubts: cachingDoubts,
  describe: cachingSummary,
  compile(config, context): Steps {
    const { answers } = context.services;
    const { duration = 0 } = config;
    const keyOf = keyMaker(config, context);
    const kept = new Set(ALWAYS_KEPT);
    for (const name of config.cacheableHeaders) kept.add(name.toLowerCase());
    const pending = new WeakMap<Exchange, Pending>();

    const join = (x: Exchange, key: string) => {
      const flight = answers.join(key);
      if (!flight.leader) return flight.landing.then((stored) => (stored === null ? undefined : hit(stored)));
      pending.set(x, { key, flight });
      return undefined;
    };
    const keep = (key: string, flight: Pending['flight'], answer: Answer, body: Buffer | null, ms: number) => {
      const stored = body === null ? null : toStored(answer, body, kept, ms);
      if (stored !== null) answers.put(key, stored);
      flight.land(stored);
      return answer;
    };

    return {
      ready(x) {
        if (!isAsked(x, context.publicHost)) return undefined;
        const wish = wishOf(x, config.clientCacheControl);
        if (wish?.noStore) return undefined;
        const key = keyOf(x);
        const stored = wish?.noCache ? null : answers.get(key);
        if (stored !== null && (wish === null || ageOf(stored) <= wish.maxAge)) return hit(stored);
        // What a conditional request brings may be a 304, which is for nobody else; and who wants no stored answer waits for none.
        if (x.head.get('if-none-match') !== null || x.head.get('if-modified-since') !== null) return undefined;
        if (wish === null) return join(x, key);
        pending.set(x, { key, flight: { leader: true, land: () => {} } });
        return undefined;
      },
      response(x, answer) {
        const asked = pending.get(x);
        if (asked === undefined) return answer;
        const { key, flight } = asked;
        const ms = mayBeKept(answer, config.varyByHeaders) ? lifetimeMs(x, answer, duration) : 0;
        if (ms <= 0) {
          flight.land(null);
          return answer;
        }
        const body = readAnswerBody(answer, MAX_BODY_BYTES);
        return body instanceof Promise
          ? body.then((read) => keep(key, flight, answer, read, ms))
          : keep(key, flight, answer, body, ms);
      },
    };
  },
});

/** A GET without a body and for the whole answer; on the domain that all groups share nothing is kept. */
function isAsked(x: Exchange, publicHost: string): boolean {
  if (x.method !== 'GET' || x.body !== null || (x.listener === 'public' && x.host === publicHost)) return false;
  return x.head.get('range') === null;
}

interface Wish {
  readonly noStore: boolean;
  readonly noCache: boolean;
  /** Seconds. */
  readonly maxAge: number;
}

/** What the client asks of caches; null: it does not, or is not listened to. */
function wishOf({ head, caller }: Exchange, { mode, apps }: CachingConfig['clientCacheControl']): Wish | null {
  if (mode === 'off' || (mode === 'app' && (caller === null || !apps.includes(caller.appId)))) return null;
  const said = head.get('cache-control');
  if (said === null) return null;
  const directives = said
    .toLowerCase()
    .split(',', 32)
    .map((each) => each.trim());
  const maxAge = directives.find((each) => /^max-age="?[0-9]+"?$/.test(each))?.replace(/[^0-9]/g, '');
  return {
    noStore: directives.includes('no-store'),
    noCache: directives.includes('no-cache'),
    maxAge: maxAge === undefined ? Number.POSITIVE_INFINITY : Number(maxAge),
  };
}

function hit(stored: StoredAnswer): Answer {
  const answer = new Answer(stored.status, [...stored.headers, 'Age', String(ageOf(stored))], stored.body);
  answer.fromBackend = true;
  answer.cached = true;
  return answer;
}

/** Whole seconds. */
function ageOf({ storedAtMs }: StoredAnswer): number {
  return Math.max(0, Math.floor((performance.now() - storedAtMs) / 1000));
}

function toStored(answer: Answer, body: Buffer, kept: ReadonlySet<string>, ms: number): StoredAnswer {
  const headers = answer.headers.flatMap((name, n) =>
    n % 2 === 0 && kept.has(name.toLowerCase()) ? [name, answer.headers[n + 1]!] : [],
  );
  const nowMs = performance.now();
  // A copy: what came from a socket is often a piece of something larger, which would be kept with it.
  return { status: answer.status, headers, body: Buffer.from(body), storedAtMs: nowMs, untilMs: nowMs + ms };
}
