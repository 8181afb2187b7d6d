/** The life of one request. Read this file first. */
// hot
import { allow, authenticate, bindBody, claimOf, locate, type Program, prove } from '@causeway/engine';
import { Answer, hitOf, refuse } from '@causeway/plugins';
import { forward } from './forward/forward.js';
import type { Gateway, Hop } from './gateway.js';
import { bodyLimit, bufferBody, readForm } from './read-body.js';

/**
 * Every step answers to finish early, or gives nothing to go on. The last one asks the backend, and an internal domain comes back
 * here. Nothing is awaited that is not a promise: a call of a GET is one run without a pause up to the backend.
 */
export function answer(x: Hop, program: Program, gateway: Gateway): Answer | Promise<Answer> {
  const made = judge(x, program, gateway);
  const every = x.route === null ? null : x.route.every;
  if (every === null) return made;
  const leave = (answer: Answer) => {
    every(x, answer);
    return answer;
  };
  return made instanceof Promise ? made.then(leave) : leave(made);
}

function judge(x: Hop, program: Program, gateway: Gateway): Answer | Promise<Answer> {
  const early =
    locate(x, program, gateway.config.limits.loopDepth) ?? // 1. which API is it?   engine/locate.ts
    admit(x, program, gateway); //                            2. may it pass?       below, engine, plugins
  if (early instanceof Promise) return early.then((refused) => refused ?? forward(x, program, gateway));
  return early ?? forward(x, program, gateway); //            3. ask the backend    forward/forward.ts
}

/** Limits of requests a second, unwanted origins, credentials, then the plugins and parameters of the API, in the order that compiling decided. */
export function admit(x: Hop, program: Program, gateway: Gateway): Answer | undefined | Promise<Answer | undefined> {
  const counted = gateway.rateLimits.check(x, program);
  if (counted === undefined) return admitCounted(x, program, gateway);
  return counted.then((refused) => refused ?? admitCounted(x, program, gateway));
}

function admitCounted(x: Hop, program: Program, gateway: Gateway): Answer | undefined | Promise<Answer | undefined> {
  const { first } = x.route!;
  const unwanted = first === null ? undefined : first(x);
  if (unwanted !== undefined) return unwanted;
  if (x.body !== null) return admitWithBody(x, program, gateway);
  const judged = identifyCaller(x, program, gateway);
  if (judged instanceof Promise) return judged.then((refused) => refused ?? runSteps(x, 0));
  return judged ?? runSteps(x, 0);
}

/**
 * The order of wire contract 2.6. A form is part of what was signed: it is read before the signature is looked at, but for nobody
 * whose key is not known. Any other body is read only once the caller may pass.
 */
async function admitWithBody(x: Hop, program: Program, gateway: Gateway): Promise<Answer | undefined> {
  const { auth, readsForm, readsBody } = x.route!;
  const claim = auth === null ? null : claimOf(x, auth, program);
  if (claim instanceof Answer) return claim;
  return (
    (readsForm ? await readForm(x, gateway) : undefined) ??
    (claim === null ? undefined : prove(x, claim)) ??
    ((x.body!.length ?? 0) > bodyLimit(x, gateway) ? refuse('I413RL') : undefined) ??
    (claim === null ? undefined : (bindBody(x, claim) ?? (await allow(x, auth!, claim, gateway.nonces)))) ??
    (readsBody ? await bufferBody(x, gateway) : undefined) ??
    runSteps(x, 0)
  );
}

function identifyCaller(x: Hop, program: Program, gateway: Gateway): Answer | undefined | Promise<Answer | undefined> {
  const { auth } = x.route!;
  return auth === null ? undefined : authenticate(x, auth, program, gateway.nonces);
}

function runSteps(x: Hop, from: number): Answer | undefined | Promise<Answer | undefined> {
  const { steps } = x.route!;
  for (let at = from; at < steps.length; at++) {
    const early = steps[at]!(x);
    if (early instanceof Promise) return early.then((made) => (made === undefined ? runSteps(x, at + 1) : stopped(x, at, made)));
    if (early !== undefined) return stopped(x, at, early);
  }
  return undefined;
}

/** Notes for the log which step answered. A route without a backend to call is seen by those who see failed calls (plugins 5.9). */
function stopped(x: Hop, at: number, early: Answer): Answer | Promise<Answer> {
  const { response, stepNames } = x.route!;
  x.stoppedAt = at;
  x.hits |= hitOf(stepNames[at]!);
  return response !== null && early.errorCode === 'I504RB' ? response(x, early) : early;
}
