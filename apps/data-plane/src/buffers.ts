/** Bounds the memory that buffered bodies take together. */

export class Buffers {
  private held = 0;

  constructor(private readonly totalBytes: number) {}

  /** False when there is no room: the request is refused with X503BZ. */
  take(bytes: number): boolean {
    if (this.held + bytes > this.totalBytes) return false;
    this.held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.held -= bytes;
  }

  get bytes(): number {
    return this.held;
  }
}
