/** Where a request may go, ready to call. */
import type { ErrorCode } from '@causeway/contract';
import type { Exchange } from '@causeway/plugins';

export interface ContentTypeRule {
  readonly category: 'DEFAULT' | 'CUSTOM' | 'CLIENT';
  readonly value: string | null;
}

/** The path on the wire; null when a placeholder has no value. */
export type PathFiller = (x: Exchange) => string | null;

/** Where a backend is: one object for all backends that name it. */
export interface Address {
  readonly scheme: 'http' | 'https';
  /** Lower case, without port. */
  readonly host: string;
  readonly port: number;
  /** Value of the `Host` header. */
  readonly hostHeader: string;
  /** The name that a certificate must hold. */
  readonly serverName: string;
  /**
   * Where calls go, worked out by whoever makes them from a program's private DNS: kept here, because a table of all addresses is
   * too big for the processor's caches.
   */
  known: { readonly privateDns: unknown; readonly servers: unknown } | null;
}

interface CallableBackend {
  readonly address: Address;
  readonly path: string | PathFiller;
  /** Null: as the client's. */
  readonly method: string | null;
  readonly timeoutMs: number;
  readonly contentType: ContentTypeRule;
}

/** A server somewhere. */
export interface HttpBackend extends CallableBackend {
  readonly kind: 'http';
}

/** An internal domain: another API of this deployment. */
export interface InternalBackend extends CallableBackend {
  readonly kind: 'internal';
  readonly groupId: string;
}

/** Answered by the gateway itself. */
export interface MockBackend {
  readonly kind: 'mock';
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** One that cannot be called as things are now: what is answered instead, each time. */
export interface UnusableBackend {
  readonly kind: 'unusable';
  readonly code: ErrorCode;
  readonly values: Readonly<Record<string, string>>;
}

export type Backend = HttpBackend | InternalBackend | MockBackend | UnusableBackend;
