/** One line of JSON per hop. */
// hot
import { randomUUID } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
import type { Program, Route } from '@causeway/engine';
import pino from 'pino';
import type { Gateway, Hop } from './gateway.js';

export interface AccessLog {
  write(x: Hop, gateway: Gateway, endedMs: number): void;
  /** Settles when all lines are written; later ones are dropped. */
  close(): Promise<void>;
}

/** Lines are collected up to this before they are handed on, characters; a timer hands on what is left. */
const BATCH_LENGTH = 32_768;
const FLUSH_MS = 200;
/** The writer's limits, bytes: of one write, and of what may wait for a slow reader before lines are dropped. */
const MAX_WRITE_BYTES = 1_048_576;
const MAX_WAITING_BYTES = 16_777_216;
/** Longest text of a client that is copied into a line, characters. */
const MAX_TEXT = 2048;

/** @param dest a file's path or descriptor */
export function createAccessLog(enabled: boolean, nodeId: string, dest: string | number): AccessLog {
  if (!enabled) return { write() {}, close: () => Promise.resolve() };
  const destination = pino.destination({
    dest,
    maxWrite: MAX_WRITE_BYTES,
    maxLength: MAX_WAITING_BYTES,
    sync: false,
    contentMode: 'buffer',
  });
  const shape = lineShaper(nodeId);
  let closed = false;
  let waiting = '';
  // The writer measures all that waits in it with every piece it gets: line by line, the main job took 89 µs with logs, in
  // batches 72 (apps/bench, logs). Lines are ASCII, so that their bytes are their characters: copied, not encoded.
  const handOn = () => {
    if (waiting !== '') destination.write(Buffer.from(waiting, 'latin1') as unknown as string);
    waiting = '';
  };
  const flusher = setInterval(handOn, FLUSH_MS);
  if (isMainThread) flusher.unref();
  return {
    write(x, gateway, endedMs) {
      if (closed) return;
      waiting += shape(x, gateway, endedMs);
      if (waiting.length >= BATCH_LENGTH) handOn();
    },
    close() {
      closed = true;
      clearInterval(flusher);
      handOn();
      return new Promise((resolve) => {
        destination.once('close', resolve);
        destination.once('error', () => resolve());
        destination.end();
      });
    },
  };
}

/**
 * Shaped by hand: no object is built and stringified for each line, and what is the same in every line of a program or an API is
 * put together once. Only text that a client or owner chose is quoted.
 */
function lineShaper(nodeId: string): (x: Hop, gateway: Gateway, endedMs: number) => string {
  let place: Place | null = null;
  const routes = new WeakMap<Route, string>();
  return (x, { program }, endedMs) => {
    if (place === null || place.program !== program) place = placeOf(program, nodeId);
    const { route, caller } = x;
    const requestId = x.requestId === '' ? randomUUID().toUpperCase() : x.requestId;
    const initial = requestId === x.initialRequestId ? '' : x.initialRequestId;
    let text =
      `{"level":30,"time":${x.arrivedAtMs},"event":"request","requestId":"${requestId}","initialRequestId":"${initial}` +
      `${place[x.listener]}${x.clientIp}","httpMethod":${quote(x.method)},"domain":${quote(x.host)},"httpPath":${quote(x.path)},` +
      `"statusCode":${x.status},"requestSize":${x.requestBytes},"responseSize":${x.responseBytes},` +
      `"totalLatency":${ms(endedMs - x.startedMs)}`;
    if (route !== null) {
      let known = routes.get(route);
      if (known === undefined) {
        known = routeText(route);
        routes.set(route, known);
      }
      text += known;
    }
    if (caller !== null) text += `,"consumerAppId":"${caller.appId}","consumerAppKey":${quote(caller.key ?? '')}`;
    if (x.routeName !== null) text += `,"routeName":${quote(x.routeName)}`;
    if (x.chain.length > 0) text += `,"hopChain":"${x.chain.join(' > ')}"`;
    if (x.upstreamAddress !== null) text += `,"upstream":${quote(x.upstreamAddress)}`;
    if (x.upstreamHeadMs > 0) text += `,"serviceLatency":${ms(x.upstreamHeadMs - x.upstreamStartMs)}`;
    if (x.errorCode !== null) text += `,"errorCode":${quote(x.errorCode)},"errorMessage":${quote(x.errorMessage ?? '')}`;
    return `${text}}\n`;
  };
}

/** What every line of a program holds between the request's ids and the client's address, by listener. */
type Place = Readonly<Record<Hop['listener'], string>> & { readonly program: Program | null };

function placeOf(program: Program | null, nodeId: string): Place {
  const text = (listener: Hop['listener']) =>
    flat(
      `","nodeId":${quote(nodeId)},"instanceId":${quote(program?.instance.id ?? '')},` +
        `"configRevision":${program?.revision ?? 0},"listener":"${listener}","clientIp":"`,
    );
  return { program, public: text('public'), internal: text('internal'), vpc: text('vpc') };
}

function routeText({ groupId, apiId, apiName, stage }: Route): string {
  return flat(`,"groupId":"${groupId}","apiId":"${apiId}","apiName":${quote(apiName)},"stageName":"${stage}"`);
}

/** The same text in one piece: V8 keeps a text put together of others as a tree of them. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Thousandths at most. From whole numbers: the general printing of a fraction takes several times as long. */
function ms(duration: number): string {
  const micros = Math.round(duration * 1000);
  const whole = Math.floor(micros / 1000);
  const rest = micros - whole * 1000;
  if (rest === 0) return `${whole}`;
  return rest < 10 ? `${whole}.00${rest}` : rest < 100 ? `${whole}.0${rest}` : `${whole}.${rest}`;
}

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** A JSON string in ASCII; text that needs no escape, the common case, is not given to JSON.stringify. */
function quote(text: string): string {
  const cut = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
  if (PLAIN.test(cut)) return `"${cut}"`;
  return JSON.stringify(cut).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
