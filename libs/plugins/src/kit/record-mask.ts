/** What a plugin makes unreadable before it is logged. */

export type MaskText = (text: string) => string;

/** @param isCut true when the text is the beginning of a longer one: what its end belongs to is not known */
export type MaskBody = (text: string, isCut: boolean) => string;

export interface RecordMask {
  /** By lower-case name. */
  readonly requestHeaders: ReadonlyMap<string, MaskText>;
  readonly responseHeaders: ReadonlyMap<string, MaskText>;
  /** By name. */
  readonly query: ReadonlyMap<string, MaskText>;
  readonly claims: ReadonlyMap<string, MaskText>;
  readonly requestBody: MaskBody | null;
  readonly responseBody: MaskBody | null;
}

/** Where a request carries a credential. */
export interface CredentialPlace {
  readonly in: 'header' | 'query';
  readonly name: string;
}
