/** Finds what is published under a path and method (wire contract 1.4 and 1.5). */
// hot
import { decodeSegment, type Segment } from './path-pattern.js';

/** What is published under one path, by method: nearly always one, so no map is made for it. */
interface Published<T> {
  readonly method: string;
  found: T;
  next: Published<T> | null;
}

/**
 * A segment's place. With many APIs in store nearly nothing of a path's way through the table is in the processor's caches, so a
 * way has few parts: an only child stands in its parent, and its text is shared by all nodes that have it.
 */
interface Node<T> {
  /** The literal child that came first; further ones are in `others`. */
  text: string;
  child: Node<T> | null;
  others: Map<string, Node<T>> | null;
  parameter: Node<T> | null;
  /** What `/*` below here leads to. */
  rest: Published<T> | null;
  here: Published<T> | null;
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
  /** Each text once, however many segments have it. */
  private readonly texts = new Map<string, string>();

  /** @param method an HTTP method or `ANY` */
  add(segments: readonly Segment[], method: string, found: T): void {
    let node = this.root;
    for (const segment of segments) {
      if (segment.kind === 'rest') {
        node.rest = publish(node.rest, method, found);
        return;
      }
      if (segment.kind === 'parameter') {
        node.parameter ??= newNode();
        node = node.parameter;
      } else node = this.literalChild(node, segment.text);
    }
    node.here = publish(node.here, method, found);
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
    if (this.literal.size > 0) {
      const methods = this.literal.get(path);
      const whole = methods && (methods.get(method) ?? methods.get('ANY'));
      if (whole !== undefined) return whole;
    }
    return this.search(this.root, path.slice(1).split('/'), 0, method, []);
  }

  private search(node: Node<T>, segments: string[], at: number, method: string, values: string[]): Match<T> | null {
    if (at === segments.length) {
      const found = publishedFor(node.here, method);
      return found ? { found: found.found, values: [...values], rest: '' } : null;
    }
    const segment = segments[at]!;
    const literal = node.child === null ? undefined : childFor(node, segment);
    const byLiteral = literal && this.search(literal, segments, at + 1, method, values);
    if (byLiteral) return byLiteral;
    if (node.parameter !== null && segment !== '') {
      values.push(segment);
      const byParameter = this.search(node.parameter, segments, at + 1, method, values);
      if (byParameter) return byParameter;
      values.pop();
    }
    const byRest = publishedFor(node.rest, method);
    return byRest ? { found: byRest.found, values: [...values], rest: segments.slice(at).join('/') } : null;
  }

  private literalChild(node: Node<T>, text: string): Node<T> {
    const known = node.child === null ? undefined : literalOf(node, text);
    if (known !== undefined) return known;
    let shared = this.texts.get(text);
    if (shared === undefined) {
      shared = text;
      this.texts.set(text, text);
    }
    const made = newNode<T>();
    if (node.child === null) {
      node.text = shared;
      node.child = made;
    } else {
      node.others ??= new Map();
      node.others.set(shared, made);
    }
    return made;
  }
}

/** @param segment as on the wire */
function childFor<T>(node: Node<T>, segment: string): Node<T> | undefined {
  const text = decodeSegment(segment);
  return text === null ? undefined : literalOf(node, text);
}

function literalOf<T>(node: Node<T>, text: string): Node<T> | undefined {
  return node.text === text ? node.child! : node.others?.get(text);
}

function publish<T>(first: Published<T> | null, method: string, found: T): Published<T> {
  for (let at = first; at !== null; at = at.next) {
    if (at.method !== method) continue;
    at.found = found;
    return first!;
  }
  return { method, found, next: first };
}

function publishedFor<T>(first: Published<T> | null, method: string): Published<T> | null {
  let any: Published<T> | null = null;
  for (let at = first; at !== null; at = at.next) {
    if (at.method === method) return at;
    if (at.method === 'ANY') any = at;
  }
  return any;
}

function newNode<T>(): Node<T> {
  return { text: '', child: null, others: null, parameter: null, rest: null, here: null };
}
