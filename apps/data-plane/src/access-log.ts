/** One line of JSON per hop. */
// hot
import { randomUUID } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
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
  const destination = pino.destination({ dest, maxWrite: MAX_WRITE_BYTES, maxLength: MAX_WAITING_BYTES, sync: false });
  const node = JSON.stringify(nodeId);
  let closed = false;
  let waiting = '';
  // The writer measures all that waits in it with every piece it gets: line by line, the main job took 89 µs with logs, in
  // batches 72 (apps/bench, logs).
  const handOn = () => {
    if (waiting !== '') destination.write(waiting);
    waiting = '';
  };
  const flusher = setInterval(handOn, FLUSH_MS);
  if (isMainThread) flusher.unref();
  return {
    write(x, gateway, endedMs) {
      if (closed) return;
      waiting += line(x, gateway, endedMs, node);
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

/** Shaped by hand: no object is built and stringified for each line. Only text that a client or owner chose is quoted. */
function line(x: Hop, { program }: Gateway, endedMs: number, node: string): string {
  const { route, caller } = x;
  const requestId = x.requestId === '' ? randomUUID().toUpperCase() : x.requestId;
  const initial = requestId === x.initialRequestId ? '' : x.initialRequestId;
  let text =
    `{"level":30,"time":${x.arrivedAtMs},"event":"request","requestId":"${requestId}","initialRequestId":"${initial}",` +
    `"nodeId":${node},"instanceId":${quote(program?.instance.id ?? '')},"configRevision":${program?.revision ?? 0},` +
    `"listener":"${x.listener}","clientIp":"${x.clientIp}","httpMethod":${quote(x.method)},"domain":${quote(x.host)},` +
    `"httpPath":${quote(x.path)},"statusCode":${x.status},"requestSize":${x.requestBytes},"responseSize":${x.responseBytes},` +
    `"totalLatency":${ms(endedMs - x.startedMs)}`;
  if (route !== null)
    text += `,"groupId":"${route.groupId}","apiId":"${route.apiId}","apiName":${quote(route.apiName)},"stageName":"${route.stage}"`;
  if (caller !== null) text += `,"consumerAppId":"${caller.appId}","consumerAppKey":${quote(caller.key)}`;
  if (x.routeName !== null) text += `,"routeName":${quote(x.routeName)}`;
  if (x.chain.length > 0) text += `,"hopChain":"${x.chain.join(' > ')}"`;
  if (x.upstreamAddress !== null) text += `,"upstream":${quote(x.upstreamAddress)}`;
  if (x.upstreamHeadMs > 0) text += `,"serviceLatency":${ms(x.upstreamHeadMs - x.upstreamStartMs)}`;
  if (x.errorCode !== null) text += `,"errorCode":${quote(x.errorCode)},"errorMessage":${quote(x.errorMessage ?? '')}`;
  return `${text}}\n`;
}

function ms(duration: number): string {
  return String(Math.round(duration * 1000) / 1000);
}

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** A JSON string; text that needs no escape, the common case, is not given to JSON.stringify. */
function quote(text: string): string {
  const cut = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
  return PLAIN.test(cut) ? `"${cut}"` : JSON.stringify(cut);
}
