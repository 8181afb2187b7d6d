/** Keys by their last use, up to a number: the one that was used longest ago makes room. */

export class RecentKeys {
  /** In the order of use. */
  private readonly keys = new Set<string>();

  constructor(private readonly max: number) {}

  has(key: string): boolean {
    return this.keys.has(key);
  }

  /** @returns the key that made room, if one had to */
  use(key: string): string | undefined {
    this.keys.delete(key);
    this.keys.add(key);
    if (this.keys.size <= this.max) return undefined;
    const [oldest] = this.keys;
    this.keys.delete(oldest!);
    return oldest;
  }

  delete(key: string): void {
    this.keys.delete(key);
  }
}
