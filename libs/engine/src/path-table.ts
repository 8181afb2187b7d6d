/** Finds what is published under a path and method (wire contract 1.4 and 1.5). */
// hot
import { LayeredMap } from './layered-map.js';
import { decodeSegment, type Segment } from './path-pattern.js';

/** What is published under one path, by method: nearly always one, so no map is made for it. */
interface Published<T> {
  readonly method: string;
  readonly found: T;
  readonly next: Published<T> | null;
}

/**
 * A segment's place. With many APIs in store nearly nothing of a path's way through the table is in the processor's caches, so a
 * way has few parts: an only child stands in its parent, and its text is shared by all nodes that have it.
 */
interface Node<T> {
  /** The literal child that came first; further ones are in `others`. */
  readonly text: string;
  readonly child: Node<T> | null;
  readonly others: LayeredMap<Node<T>> | null;
  readonly parameter: Node<T> | null;
  /** What `/*` below here leads to. */
  readonly rest: Published<T> | null;
  readonly here: Published<T> | null;
}

/** Something published. */
export interface Entry<T> {
  readonly segments: readonly Segment[];
  /** An HTTP method or `ANY`. */
  readonly method: string;
  readonly found: T;
}

export interface Match<T> {
  readonly found: T;
  /** What the placeholders cover, as on the wire. */
  readonly values: readonly string[];
  /** What `/*` covers, as on the wire. */
  readonly rest: string;
}

const NO_VALUES: readonly string[] = [];
const NOTHING = { text: '', child: null, others: null, parameter: null, rest: null, here: null } as const;

/** Never changes: a changed one shares with it all that stayed, so that a change costs what it touches. */
export class PathTable<T> {
  private constructor(
    private readonly root: Node<T>,
    /** Paths without placeholders and without anything that has to be encoded, whole: the common case is one look-up. */
    private readonly literal: LayeredMap<ReadonlyMap<string, Match<T>>>,
  ) {}

  static of<T>(entries: readonly Entry<T>[]): PathTable<T> {
    return new PathTable<T>(NOTHING, LayeredMap.empty()).change([], entries);
  }

  get isEmpty(): boolean {
    return this.root === NOTHING;
  }

  /** What is removed is named as it was added; something else in its place stays. */
  change(removed: readonly Entry<T>[], added: readonly Entry<T>[]): PathTable<T> {
    const edits = [
      ...removed.map((entry) => ({ entry, isRemoved: true })),
      ...added.map((entry) => ({ entry, isRemoved: false })),
    ];
    if (edits.length === 0) return this;
    return new PathTable(changeNode(this.root, edits, 0, new Map()) ?? NOTHING, changeLiteral(this.literal, edits));
  }

  /** The best match: segment by segment from the left, literal before parameter before rest; exact method before ANY. */
  find(method: string, path: string): Match<T> | null {
    if (this.literal.size > 0) {
      const methods = this.literal.get(path);
      const whole = methods && (methods.get(method) ?? methods.get('ANY'));
      if (whole !== undefined) return whole;
    }
    return search(this.root, path.slice(1).split('/'), 0, method, []);
  }
}

function search<T>(node: Node<T>, segments: string[], at: number, method: string, values: string[]): Match<T> | null {
  if (at === segments.length) {
    const found = publishedFor(node.here, method);
    return found ? { found: found.found, values: [...values], rest: '' } : null;
  }
  const segment = segments[at]!;
  const literal = node.child === null ? undefined : childFor(node, segment);
  const byLiteral = literal && search(literal, segments, at + 1, method, values);
  if (byLiteral) return byLiteral;
  if (node.parameter !== null && segment !== '') {
    values.push(segment);
    const byParameter = search(node.parameter, segments, at + 1, method, values);
    if (byParameter) return byParameter;
    values.pop();
  }
  const byRest = publishedFor(node.rest, method);
  return byRest ? { found: byRest.found, values: [...values], rest: segments.slice(at).join('/') } : null;
}

/** @param segment as on the wire */
function childFor<T>(node: Node<T>, segment: string): Node<T> | undefined {
  const text = decodeSegment(segment);
  return text === null ? undefined : literalOf(node, text);
}

function literalOf<T>(node: Node<T>, text: string): Node<T> | undefined {
  return node.text === text && node.child !== null ? node.child : node.others?.get(text);
}

function publishedFor<T>(first: Published<T> | null, method: string): Published<T> | null {
  let any: Published<T> | null = null;
  for (let at = first; at !== null; at = at.next) {
    if (at.method === method) return at;
    if (at.method === 'ANY') any = at;
  }
  return any;
}

interface Edit<T> {
  readonly entry: Entry<T>;
  readonly isRemoved: boolean;
}

/**
 * Null when nothing is left there.
 *
 * @param texts each text once, however many segments of these edits have it
 */
function changeNode<T>(node: Node<T>, edits: readonly Edit<T>[], depth: number, texts: Map<string, string>): Node<T> | null {
  let { rest, here } = node;
  let parameters: Edit<T>[] | null = null;
  let literals: Map<string, Edit<T>[]> | null = null;
  for (const edit of edits) {
    const segment = edit.entry.segments[depth];
    if (segment === undefined) here = changePublished(here, edit);
    else if (segment.kind === 'rest') rest = changePublished(rest, edit);
    else if (segment.kind === 'parameter') {
      parameters ??= [];
      parameters.push(edit);
    } else {
      literals ??= new Map();
      const same = literals.get(segment.text);
      if (same === undefined) literals.set(shareText(texts, segment.text), [edit]);
      else same.push(edit);
    }
  }
  const parameter = parameters === null ? node.parameter : changeNode(node.parameter ?? NOTHING, parameters, depth + 1, texts);
  const { text, child, others } = literals === null ? node : changeChildren(node, literals, depth + 1, texts);
  const isLeft = child !== null || parameter !== null || rest !== null || here !== null;
  return isLeft ? { text, child, others, parameter, rest, here } : null;
}

type Children<T> = Pick<Node<T>, 'text' | 'child' | 'others'>;

/** The first child stands in its parent as long as there is one: `others` are looked at only beside it. */
function changeChildren<T>(
  node: Node<T>,
  literals: ReadonlyMap<string, readonly Edit<T>[]>,
  depth: number,
  texts: Map<string, string>,
): Children<T> {
  const changed = new Map<string, Node<T> | undefined>();
  for (const [text, edits] of literals)
    changed.set(text, changeNode(literalOf(node, text) ?? NOTHING, edits, depth, texts) ?? undefined);
  let { text, child } = node;
  if (child === null) [text, child] = takeFirst(changed);
  else if (changed.has(text)) {
    child = changed.get(text) ?? null;
    changed.delete(text);
  }
  let others = changed.size === 0 ? node.others : (node.others ?? LayeredMap.empty<Node<T>>()).with(changed);
  if (child === null && others !== null) {
    for (const first of others) {
      [text, child] = first;
      others = others.with(new Map([[text, undefined]]));
      break;
    }
  }
  return child === null ? NOTHING : { text, child, others: others === null || others.size === 0 ? null : others };
}

/** Takes out the first that is there. */
function takeFirst<T>(children: Map<string, Node<T> | undefined>): [text: string, child: Node<T> | null] {
  for (const [text, child] of children) {
    if (child === undefined) continue;
    children.delete(text);
    return [text, child];
  }
  return ['', null];
}

function shareText(texts: Map<string, string>, text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  texts.set(text, text);
  return text;
}

function changePublished<T>(first: Published<T> | null, { entry: { method, found }, isRemoved }: Edit<T>): Published<T> | null {
  if (!isRemoved) return { method, found, next: without(first, (each) => each.method === method) };
  return without(first, (each) => each.method === method && each.found === found);
}

function without<T>(first: Published<T> | null, isGone: (each: Published<T>) => boolean): Published<T> | null {
  if (first === null) return null;
  const next = without(first.next, isGone);
  if (isGone(first)) return next;
  return next === first.next ? first : { ...first, next };
}

function changeLiteral<T>(
  literal: LayeredMap<ReadonlyMap<string, Match<T>>>,
  edits: readonly Edit<T>[],
): LayeredMap<ReadonlyMap<string, Match<T>>> {
  const changed = new Map<string, Map<string, Match<T>> | undefined>();
  for (const { entry, isRemoved } of edits) {
    const path = literalPath(entry.segments);
    if (path === null) continue;
    const methods = new Map(changed.has(path) ? changed.get(path) : literal.get(path));
    if (!isRemoved) methods.set(entry.method, { found: entry.found, values: NO_VALUES, rest: '' });
    else if (methods.get(entry.method)?.found === entry.found) methods.delete(entry.method);
    changed.set(path, methods.size === 0 ? undefined : methods);
  }
  return literal.with(changed);
}

function literalPath(segments: readonly Segment[]): string | null {
  let path = '';
  for (const segment of segments) {
    if (segment.kind !== 'literal' || /[%/]/.test(segment.text)) return null;
    path += `/${segment.text}`;
  }
  return path;
}
