/** Tells whether a token whose signature is right may pass now (plugins, section 5.4). */
// hot
import type { ConditionValue } from '@causeway/condition';
import { claimsCheck } from './jwt-claims.js';
import type { JwtConfig } from './jwt-config.js';
import type { Verified } from './jwt-verify.js';
import { type Answer, refuse } from './kit/answer.js';
import type { Dataset } from './kit/dataset.js';
import type { Exchange } from './kit/exchange.js';
import type { CompileContext } from './kit/plugin.js';
import type { SeenOutcome } from './kit/services.js';

/** How far ahead of this clock the one of an issuer may be, ms. */
const LEEWAY_MS = 60_000;
/** How long an id is remembered at least, and at most, ms. */
const SEEN_MS = 900_000;
const MAX_SEEN_MS = 315_360_000_000;

/** Its times, the block list, its id; sets `x.claims` of a request that passes. */
export function compileJudge(config: JwtConfig, { dataset, services, pluginId }: CompileContext) {
  const { ignoreExpirationCheck, preventJtiReplay, blockClaimParameterName: blockName, blockByDataSet: blockId } = config;
  const blocked = blockId === undefined ? null : dataset(blockId, 'JWT_BLOCKING');
  if (blockId !== undefined && blocked === null) throw new Error(`dataset ${blockId} of type JWT_BLOCKING is not there`);
  const unfit = claimsCheck(config.claimParameters);
  const space = `jti:${pluginId}`;

  return (x: Exchange, { claims, values }: Verified): Answer | undefined | Promise<Answer | undefined> => {
    const nowMs = x.arrivedAtMs;
    const { nbf, exp, jti } = claims;
    if (!isTime(nbf) || !isTime(exp)) return refuse('A403JT', { Reason: 'nbf and exp must be numbers' });
    if (nbf !== undefined && nbf * 1000 > nowMs + LEEWAY_MS) return refuse('A403JT', { Reason: 'it is not valid yet' });
    if (exp !== undefined && !ignoreExpirationCheck && exp * 1000 <= nowMs) return refuse('A403JE', { Time: timeText(exp) });
    if (blocked !== null && isBlocked(claims[blockName!], values.get(blockName!) ?? null, blocked, nowMs))
      return refuse('A403JB');
    const refused = unfit(x, values);
    if (refused !== undefined) return refused;
    if (!preventJtiReplay) {
      x.claims = values;
      return undefined;
    }
    if (typeof jti !== 'string' || jti === '') return refuse('S403JI');
    const untilMs = Math.min(Math.max(exp === undefined ? 0 : exp * 1000, nowMs + SEEN_MS), nowMs + MAX_SEEN_MS);
    const outcome = services.seen.first(space, jti, Math.ceil(untilMs));
    return outcome instanceof Promise ? outcome.then((told) => settle(x, values, told)) : settle(x, values, outcome);
  };
}

function settle(x: Exchange, values: Verified['values'], outcome: SeenOutcome): Answer | undefined {
  if (outcome !== 'fresh') return refuse(outcome === 'used' ? 'S403JU' : 'X503BZ');
  x.claims = values;
  return undefined;
}

function isTime(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value));
}

function timeText(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString();
}

/** Of a list each member is looked for, too. */
function isBlocked(claim: unknown, value: ConditionValue, { items }: Dataset, nowMs: number): boolean {
  if (value === null) return false;
  const counts = (each: unknown) => {
    const item = items.get(String(each));
    return item !== undefined && (item.expiresAtMs === null || item.expiresAtMs > nowMs);
  };
  return counts(value) || (Array.isArray(claim) && claim.some((each) => typeof each !== 'object' && counts(each)));
}
