/** Finds what is published under a path and method (wire contract 1.4 and 1.5). */
// hot
import { decodeSegment, type Segment } from './path-pattern.js';

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter: Node<T> | null;
  /** What `/*` below here leads to, by method. */
  rest: Map<string, T> | null;
  here: Map<string, T> | null;
}

export interface Match<T> {
  readonly found: T;
  /** What the placeholders cover, as on the wire. */
  readonly values: readonly string[];
  /** What `/*` covers, as on the wire. */
  readonly rest: string;
}

const NO_VALUES: readonly string[] = [];

export class PathTable<T> {
  private readonly root: Node<T> = newNode();
  /** Paths without placeholders and without anything that has to be encoded, whole: the common case is one look-up. */
  private readonly literal = new Map<string, Map<string, Match<T>>>();

  /** @param method an HTTP method or `ANY` */
  add(segments: readonly Segment[], method: string, found: T): void {
    let node = this.root;
    for (const segment of segments) {
      if (segment.kind === 'rest') {
        node.rest ??= new Map();
        node.rest.set(method, found);
        return;
      }
      if (segment.kind === 'parameter') {
        node.parameter ??= newNode();
        node = node.parameter;
        continue;
      }
      const next = node.literals.get(segment.text) ?? newNode<T>();
      node.literals.set(segment.text, next);
      node = next;
    }
    node.here ??= new Map();
    node.here.set(method, found);
    const texts = segments.flatMap((segment) => (segment.kind === 'literal' ? [segment.text] : []));
    if (texts.length === segments.length && !texts.some((text) => /[%/]/.test(text))) {
      const path = `/${texts.join('/')}`;
      const methods = this.literal.get(path) ?? new Map<string, Match<T>>();
      methods.set(method, { found, values: NO_VALUES, rest: '' });
      this.literal.set(path, methods);
    }
  }

  /** The best match: segment by segment from the left, literal before parameter before rest; exact method before ANY. */
  find(method: string, path: string): Match<T> | null {
    const methods = this.literal.get(path);
    const whole = methods && (methods.get(method) ?? methods.get('ANY'));
    return whole ?? this.search(this.root, path.slice(1).split('/'), 0, method, []);
  }

  private search(node: Node<T>, segments: string[], at: number, method: string, values: string[]): Match<T> | null {
    if (at === segments.length) {
      const found = node.here && (node.here.get(method) ?? node.here.get('ANY'));
      return found ? { found, values: [...values], rest: '' } : null;
    }
    const segment = segments[at]!;
    const text = decodeSegment(segment);
    const literal = text === null ? undefined : node.literals.get(text);
    const byLiteral = literal && this.search(literal, segments, at + 1, method, values);
    if (byLiteral) return byLiteral;
    if (node.parameter !== null && segment !== '') {
      values.push(segment);
      const byParameter = this.search(node.parameter, segments, at + 1, method, values);
      if (byParameter) return byParameter;
      values.pop();
    }
    const byRest = node.rest && (node.rest.get(method) ?? node.rest.get('ANY'));
    return byRest ? { found: byRest, values: [...values], rest: segments.slice(at).join('/') } : null;
  }
}

function newNode<T>(): Node<T> {
  return { literals: new Map(), parameter: null, rest: null, here: null };
}
