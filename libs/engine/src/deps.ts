/** What compiling needs from outside: nothing here knows of sockets, stores or keys. */

/** Opens text sealed with the instance's key; `path` as in `sealedPaths`. Throws when it was altered or the key is not here. */
export type Open = (path: string, sealed: string) => string;

export interface CompileDeps {
  readonly open: Open;
  /** Wall clock, ms. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Lets traffic in between two pieces of a long compile. */
  pause(): Promise<void>;
}
