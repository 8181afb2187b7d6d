/** The life of one request. Read this file first. */
// hot
import { authenticate, locate, type Program } from '@causeway/engine';
import { type Answer, refuse } from '@causeway/plugins';
import { forward } from './forward/forward.js';
import type { Gateway, Hop } from './gateway.js';
import { bodyLimit, bufferBody, readForm } from './read-body.js';

/** Each line may answer early; the last one asks the backend, and an internal domain comes back to this function. */
export async function answer(x: Hop, program: Program, gateway: Gateway): Promise<Answer> {
  return (
    locate(x, program, gateway.config.limits.loopDepth) ?? // 1. which API is it?   engine/locate.ts
    (await admit(x, program, gateway)) ?? //                  2. may it pass?       below, engine, plugins
    forward(x, program, gateway) //                           3. ask the backend    forward/
  );
}

/** Credentials, then the plugins and parameters of the API, in the order that compiling decided. */
export async function admit(x: Hop, program: Program, gateway: Gateway): Promise<Answer | undefined> {
  const route = x.route!;
  const tooLarge = checkLength(x, gateway);
  if (tooLarge !== undefined) return tooLarge;
  if (x.body !== null && route.readsForm) {
    const unread = await readForm(x, gateway);
    if (unread !== undefined) return unread;
  }
  if (route.auth !== null) {
    const judged = authenticate(x, route.auth, program.credentials, gateway.nonces);
    const refused = judged instanceof Promise ? await judged : judged;
    if (refused !== undefined) return refused;
  }
  if (x.body !== null && route.readsBody) {
    const unread = await bufferBody(x, gateway);
    if (unread !== undefined) return unread;
  }
  for (const step of route.steps) {
    const result = step(x);
    const early = result instanceof Promise ? await result : result;
    if (early !== undefined) return early;
  }
  return undefined;
}

/** A declared length is judged before anything is read; chunks are counted while they pass. */
function checkLength(x: Hop, gateway: Gateway): Answer | undefined {
  const length = x.body?.length ?? null;
  if (length === null) return undefined;
  return length > bodyLimit(x, gateway) ? refuse('I413RL') : undefined;
}
