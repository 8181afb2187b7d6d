/** A set of addresses and blocks that costs the same to ask however many it holds. */
// hot
import { addressWords, type Block, blockWords } from './address.js';

export class AddressSet {
  private readonly ipv4 = new Tree();
  private readonly ipv6 = new Tree();

  /**
   * @param untilMs from then on, wall clock, the block does not count
   * @returns false when the text is no address or block
   */
  add(text: string, untilMs = Number.POSITIVE_INFINITY): boolean {
    const block = blockWords(text);
    if (block !== null) (block.network.length === 1 ? this.ipv4 : this.ipv6).add(block, untilMs);
    return block !== null;
  }

  /** False for text that is no address. */
  has(address: string, nowMs: number): boolean {
    const words = addressWords(address);
    return words !== null && (words.length === 1 ? this.ipv4 : this.ipv6).has(words, nowMs);
  }
}

const FIRST_NODES = 64;

/** A binary radix tree: one step for each bit of a prefix. The root is node 0, which is nobody's child. */
class Tree {
  private nodes = 1;
  /** The children of a node are at twice its number and behind; 0: none. */
  private children = new Int32Array(FIRST_NODES * 2);
  /** Until when a block that ends at a node counts; 0: none ends there. */
  private until = new Float64Array(FIRST_NODES);

  add({ network, bits }: Block, untilMs: number): void {
    let node = 0;
    for (let bit = 0; bit < bits; bit++) {
      const at = node * 2 + bitOf(network, bit);
      if (this.children[at] === 0) {
        if (this.nodes === this.until.length) this.grow();
        this.children[at] = this.nodes++;
      }
      node = this.children[at]!;
    }
    this.until[node] = Math.max(untilMs, this.until[node]!);
  }

  has(words: readonly number[], nowMs: number): boolean {
    const { children, until } = this;
    const bits = words.length * 32;
    let node = 0;
    for (let bit = 0; ; bit++) {
      if (until[node]! > nowMs) return true;
      if (bit === bits) return false;
      node = children[node * 2 + bitOf(words, bit)]!;
      if (node === 0) return false;
    }
  }

  private grow(): void {
    const { children, until } = this;
    this.children = new Int32Array(children.length * 2);
    this.children.set(children);
    this.until = new Float64Array(until.length * 2);
    this.until.set(until);
  }
}

/** The bit at a place, the first being the highest. */
function bitOf(words: readonly number[], bit: number): number {
  return (words[bit >> 5]! >>> (31 - (bit & 31))) & 1;
}
