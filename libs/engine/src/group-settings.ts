/** What a group says about all its APIs, ready for the data plane. */
import { type GroupChunk, generatedDomain, type InstanceChunk } from '@causeway/contract';

export interface GroupSettings {
  readonly id: string;
  /** Its generated public domain, served or not. */
  readonly publicHost: string;
  /** Answers `X-Ca-Request-Mode: debug` (wire contract 11.3). */
  readonly debug: boolean;
  /** The backend timeout of an event stream is the time between two pieces (wire contract 12). */
  readonly sse: boolean;
  /** Drops the backend's `Server` header (wire contract 11.1). */
  readonly removeServerHeader: boolean;
  /** Requests a second (T429GR); null: no limit. */
  readonly trafficLimit: number | null;
}

export function groupSettings(
  { id, debug, sse, removeServerHeader, trafficLimit }: GroupChunk,
  { region, suffix }: InstanceChunk,
): GroupSettings {
  return { id, publicHost: generatedDomain('public', id, region, suffix), debug, sse, removeServerHeader, trafficLimit };
}
