/** One line of JSON per hop. */
// hot
import { randomUUID } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
import { type Route, stageId } from '@causeway/engine';
import { type Caller, typesHit } from '@causeway/plugins';
import pino from 'pino';
import type { Gateway, Hop } from './gateway.js';
import { durationPrinter, flat, timePrinter } from './print-ms.js';
import { quote } from './quote.js';
import { recordedText } from './recorded-text.js';

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
  let closed: Promise<void> | null = null;
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
      if (closed !== null) return;
      waiting += shape(x, gateway, endedMs);
      if (waiting.length >= BATCH_LENGTH) handOn();
    },
    close() {
      closed ??= new Promise((resolve) => {
        clearInterval(flusher);
        handOn();
        destination.once('close', resolve);
        destination.once('error', () => resolve());
        destination.end();
      });
      return closed;
    },
  };
}

const TIME = timePrinter('{"level":30,"time":');
const TOTAL = durationPrinter(',"totalLatency":');
const PLUGINS = durationPrinter(',"pluginLatency":');
const SERVICE = durationPrinter(',"serviceLatency":');
const FRONT_REQUEST_END = timePrinter(',"frontRequestEnd":');
const BACKEND_REQUEST_START = timePrinter(',"backendRequestStart":');
const BACKEND_REQUEST_END = timePrinter(',"backendRequestEnd":');
const BACKEND_RESPONSE_START = timePrinter(',"backendResponseStart":');
const BACKEND_RESPONSE_END = timePrinter(',"backendResponseEnd":');
const FRONT_RESPONSE_START = timePrinter(',"frontResponseStart":');
const FRONT_RESPONSE_END = timePrinter(',"frontResponseEnd":');

/**
 * Shaped by hand: no object is built and stringified for each line, and what is the same in every line of a program, an API or a
 * caller is put together once. Only text that a client or owner chose is quoted. Names are those of management model 2.17.
 */
function lineShaper(nodeId: string): (x: Hop, gateway: Gateway, endedMs: number) => string {
  let place: Place | null = null;
  const routes = new WeakMap<Route, string>();
  const callers = new WeakMap<Caller, string>();
  return (x, { program }, endedMs) => {
    // The program on which the request ran; what was refused before it had one shows that in force. The instance never changes.
    const revision = x.revision > 0 ? x.revision : (program?.revision ?? 0);
    if (place === null || place.revision !== revision)
      place = placeOf(program?.instance.id ?? '', program?.instance.region ?? '', revision, nodeId);
    const { route, caller } = x;
    const requestId = x.requestId === '' ? randomUUID().toUpperCase() : x.requestId;
    const initial = requestId === x.initialRequestId ? '' : x.initialRequestId;
    const wallMs = x.arrivedAtMs - x.startedMs;
    let text =
      `${TIME(x.arrivedAtMs)},"event":"request","requestId":"${requestId}","initialRequestId":"${initial}` +
      `${placed(place, x)}${x.chain.length + 1},"clientIp":"${x.clientIp}","httpMethod":${quote(x.method)},"domain":${quote(x.host)},"httpPath":${quote(x.path)},` +
      `"statusCode":${x.status},"requestSize":${x.requestBytes},"responseSize":${x.responseBytes}` +
      TOTAL(endedMs - x.startedMs);
    if (route !== null) {
      let known = routes.get(route);
      if (known === undefined) {
        known = routeText(route);
        routes.set(route, known);
      }
      text += known;
    }
    if (caller !== null) {
      let known = callers.get(caller);
      if (known === undefined) {
        known = callerText(caller);
        callers.set(caller, known);
      }
      text += known;
    }
    if (x.routeName !== null) text += `,"routeName":${quote(x.routeName)}`;
    if (x.hits !== 0) text += hitsText(x.hits);
    if (x.stoppedAt >= 0) text += `,"stoppedBy":"${route!.stepNames[x.stoppedAt]}"`;
    if (x.chain.length > 0) text += `,"hopChain":"${x.chain.join(' > ')}"`;
    if (x.bodyEndMs > 0) text += FRONT_REQUEST_END(wallMs + x.bodyEndMs);
    if (x.upstreamStartMs > 0) text += PLUGINS(x.upstreamStartMs - x.startedMs);
    if (x.upstreamAddress !== null) text += `,"upstream":${quote(x.upstreamAddress)}`;
    if (x.upstreamConnectMs > 0) text += BACKEND_REQUEST_START(wallMs + x.upstreamConnectMs);
    if (x.upstreamSentMs > 0) text += BACKEND_REQUEST_END(wallMs + x.upstreamSentMs);
    if (x.upstreamHeadMs > 0)
      text += BACKEND_RESPONSE_START(wallMs + x.upstreamHeadMs) + SERVICE(x.upstreamHeadMs - x.upstreamStartMs);
    if (x.upstreamEndMs > 0) text += BACKEND_RESPONSE_END(wallMs + x.upstreamEndMs);
    if (x.answerStartMs > 0) text += FRONT_RESPONSE_START(wallMs + x.answerStartMs);
    if (x.answerStartMs > 0 && !x.tree.gone) text += FRONT_RESPONSE_END(wallMs + endedMs);
    if (x.errorCode !== null) text += `,"errorCode":${quote(x.errorCode)},"errorMessage":${quote(messageOf(x))}`;
    if (x.exception !== null) text += `,"exception":${quote(x.exception)}`;
    const record = route === null ? null : route.record;
    if (x.head.nonce !== null) text += nonceText(x.head.nonce, record);
    if (record !== null) text += recordedText(x, record);
    return `${text}}\n`;
  };
}

/** Most requests are plain HTTP. */
function placed(place: Place, { listener, scheme, head }: Hop): string {
  const text = place[listener];
  if (scheme === 'http' && head.upgrade === null) return text;
  if (head.upgrade?.toLowerCase() === 'websocket') return text.replace(PLAIN_PROTOCOL, '"requestProtocol":"WS"');
  return scheme === 'http' ? text : text.replace(PLAIN_PROTOCOL, '"requestProtocol":"HTTPS"');
}

const PLAIN_PROTOCOL = '"requestProtocol":"HTTP"';

/** What every line of a program holds between the request's ids and the number of its hop, by listener. */
type Place = Readonly<Record<Hop['listener'], string>> & { readonly revision: number };

function placeOf(instanceId: string, region: string, revision: number, nodeId: string): Place {
  const text = (listener: Hop['listener']) =>
    flat(
      `","nodeId":${quote(nodeId)},"instanceId":${quote(instanceId)},"region":${quote(region)},` +
        `"configRevision":${revision},"listener":"${listener}",${PLAIN_PROTOCOL},"hop":`,
    );
  return { revision, public: text('public'), internal: text('internal'), vpc: text('vpc') };
}

function routeText({ groupId, groupName, apiId, apiName, stage, plugins }: Route): string {
  const inForce = plugins.length === 0 ? '' : `,"plugins":["${plugins.join('","')}"]`;
  return flat(
    `,"groupId":"${groupId}","groupName":${quote(groupName)},"apiId":"${apiId}","apiName":${quote(apiName)},` +
      `"stageId":"${stageId(groupId, stage)}","stageName":"${stage}"${inForce}`,
  );
}

function callerText({ appId, appName, key }: Caller): string {
  const shown = key === null ? '' : `,"consumerAppKey":${quote(key)}`;
  return flat(`,"consumerAppId":"${appId}","appName":${quote(appName)}${shown}`);
}

/** There are few of them, and always the same. */
const hitTexts = new Map<number, string>();

function hitsText(hits: number): string {
  let text = hitTexts.get(hits);
  if (text === undefined) {
    text = flat(`,"pluginHits":["${typesHit(hits).join('","')}"]`);
    hitTexts.set(hits, text);
  }
  return text;
}

function nonceText(nonce: string, record: Route['record']): string {
  const shown = record === null ? nonce : record.nonce(nonce);
  return shown === null ? '' : `,"clientNonce":${quote(shown)}`;
}

/** The client is told what the gateway signed (wire contract 2.7): headers, the query and a form, that nobody has masked there. */
function messageOf({ errorCode, errorMessage }: Hop): string {
  const message = errorMessage ?? '';
  return errorCode === 'A403IS' ? message.replace(/,? Server StringToSign:[\s\S]*/, '') : message;
}
