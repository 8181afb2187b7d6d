/** Counts requests against limits for all nodes of an instance, in Redis (plugins, section 5.1). */
// hot
import { redisKeys } from '@causeway/contract';
import type { Counted, LimitStore, Refused } from '@causeway/plugins';
import type { RedisLink } from '../redis-link.js';
import type { LocalLimits } from './local-limits.js';

/**
 * All counters of a request in one round trip, charged together or not at all; windows are those of Redis's own clock, which all
 * nodes share. The library that counts requests a second for groups has one counter for each call, so that a request with three
 * would take three, and would be charged for those that came before the one without room.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local keys = {}
for i, base in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[i * 2 - 1]), tonumber(ARGV[i * 2])
  keys[i] = base .. ':' .. math.floor(now / window)
  if tonumber(redis.call('GET', keys[i]) or '0') >= limit then return { i, window - now % window } end
end
for i, key in ipairs(keys) do
  local window = tonumber(ARGV[i * 2])
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, window - now % window + 1000) end
end
return { 0, 0 }`;

/** A node is there: how many are. Scores are those of Redis's own clock. ARGV: node, ms after which one counts as gone. */
const SHOW = `
local time = redis.call('TIME')
local now, gone = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - gone)
redis.call('PEXPIRE', KEYS[1], gone)
return redis.call('ZCARD', KEYS[1])`;

/** How often a node shows that it is there, ms, and after how many such times it counts as gone. */
const SHOW_MS = 5000;
const MISSED = 3;
/** Counters without room that are not asked for again before their window ends. */
const MAX_SPENT = 50_000;

export interface SharedLimitsOptions {
  readonly link: RedisLink;
  readonly prefix: string;
  readonly nodeId: string;
  /** Empty before the first snapshot. */
  readonly instanceId: () => string;
}

export class SharedLimits implements LimitStore {
  /** Nodes that were there when Redis last answered: while it is away each has its share. */
  private nodes = 1;
  /** Key -> monotonic time, ms, until which there is no room. */
  private readonly spent = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly options: SharedLimitsOptions,
    private readonly local: LocalLimits,
  ) {
    this.timer = setInterval(() => void this.show(), SHOW_MS).unref();
  }

  async take(counted: readonly Counted[]): Promise<Refused | null> {
    const known = this.spentAmong(counted);
    if (known !== null) return known;
    const { link, prefix, instanceId } = this.options;
    const keys = counted.map(({ key }) => redisKeys.limit(prefix, instanceId(), key));
    const values = counted.flatMap(({ limit, windowMs }) => [String(limit), String(windowMs)]);
    const reply = await link.ask(() => link.client.eval(TAKE, { keys, arguments: values }).then(numbers));
    if (reply === null) return this.local.take(counted, 1 / this.nodes);
    const [place = 0, retryAfterMs = 0] = reply;
    if (place === 0) return null;
    this.noteSpent(spentKey(counted[place - 1]!), retryAfterMs);
    return { at: place - 1, retryAfterMs };
  }

  wait(key: string, ms: number, max: number): Promise<void> | null {
    return this.local.wait(key, ms, max);
  }

  /** Tells the others that this node is there, and learns how many there are. */
  async show(): Promise<void> {
    const { link, prefix, nodeId, instanceId } = this.options;
    if (instanceId() === '') return;
    const key = redisKeys.liveNodes(prefix, instanceId());
    const values = [nodeId, String(MISSED * SHOW_MS)];
    const count = await link.ask(async () => Number(await link.client.eval(SHOW, { keys: [key], arguments: values })));
    if (count !== null) this.nodes = Math.max(1, count);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private spentAmong(counted: readonly Counted[]): Refused | null {
    if (this.spent.size === 0) return null;
    const nowMs = performance.now();
    for (let at = 0; at < counted.length; at++) {
      const key = spentKey(counted[at]!);
      const untilMs = this.spent.get(key);
      if (untilMs === undefined) continue;
      if (untilMs > nowMs) return { at, retryAfterMs: untilMs - nowMs };
      this.spent.delete(key);
    }
    return null;
  }

  private noteSpent(key: string, ms: number): void {
    if (this.spent.size >= MAX_SPENT) this.spent.clear();
    this.spent.set(key, performance.now() + ms);
  }
}

/** A limit that was raised has room again at once. */
function spentKey({ key, limit }: Counted): string {
  return `${limit} ${key}`;
}

function numbers(reply: unknown): number[] {
  return (reply as unknown[]).map(Number);
}
