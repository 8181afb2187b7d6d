/** Finds the loops in a graph of calls, and which of them no request can leave (wire contract 10 rule 5). */

/** What can become of a request at one API. */
export interface CallNode {
  /** The nodes that it may be sent on to. */
  readonly calls: ReadonlySet<string>;
  /** True when it may also end here. */
  readonly mayEnd: boolean;
}

export type CallGraph = ReadonlyMap<string, CallNode>;

export interface Loop {
  /** Nodes in the order of the calls; the first stands at the end again. */
  readonly chain: readonly string[];
  /** True when every request that comes into it is sent on for ever, whatever conditions say. */
  readonly isCertain: boolean;
}

/**
 * The shortest loop through each knot of nodes that call each other in circles, as far as one of `through` is in the knot.
 * A node that is called but not in the graph counts as an end. Time is linear in nodes and calls.
 */
export function findLoops(graph: CallGraph, through: ReadonlySet<string>): Loop[] {
  const trapped = findTrapped(graph);
  const loops: Loop[] = [];
  for (const knot of findKnots(graph)) {
    const start = [...knot].find((node) => through.has(node));
    if (start === undefined) continue;
    const chain = shortestLoop(graph, knot, start);
    if (chain !== null) loops.push({ chain, isCertain: trapped.has(start) });
  }
  return loops;
}

/** The nodes from which no way ends: what is left when those with an end, and those that call them, are taken away. */
function findTrapped(graph: CallGraph): Set<string> {
  const callers = new Map<string, string[]>();
  const ending: string[] = [];
  for (const [node, { calls, mayEnd }] of graph) {
    for (const callee of calls) {
      const list = callers.get(callee);
      if (list === undefined) callers.set(callee, [node]);
      else list.push(node);
    }
    if (mayEnd || calls.size === 0) ending.push(node);
  }
  for (const callee of callers.keys()) if (!graph.has(callee)) ending.push(callee);
  const trapped = new Set(graph.keys());
  const freed = new Set<string>();
  for (let node = ending.pop(); node !== undefined; node = ending.pop()) {
    if (freed.has(node)) continue;
    freed.add(node);
    trapped.delete(node);
    ending.push(...(callers.get(node) ?? []));
  }
  return trapped;
}

/** Strongly connected components (Tarjan), without recursion: a chain of calls may be as long as the graph. */
function findKnots(graph: CallGraph): Set<string>[] {
  const knots: Set<string>[] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const enter = (node: string) => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    onStack.add(node);
    return { node, callees: [...(graph.get(node)?.calls ?? [])] };
  };
  const lower = (node: string, to: number) => low.set(node, Math.min(low.get(node) ?? to, to));
  for (const root of graph.keys()) {
    if (index.has(root)) continue;
    const path = [enter(root)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const callee = top.callees.pop();
      if (callee !== undefined) {
        if (!index.has(callee)) path.push(enter(callee));
        else if (onStack.has(callee)) lower(top.node, index.get(callee) ?? 0);
        continue;
      }
      path.pop();
      const { node } = top;
      const caller = path.at(-1);
      if (caller !== undefined) lower(caller.node, low.get(node) ?? 0);
      if (low.get(node) !== index.get(node)) continue;
      const knot = new Set(stack.splice(stack.lastIndexOf(node)));
      for (const each of knot) onStack.delete(each);
      knots.push(knot);
    }
  }
  return knots;
}

/** Breadth first from a node back to itself; null when nothing leads back. */
function shortestLoop(graph: CallGraph, knot: ReadonlySet<string>, start: string): string[] | null {
  const reachedFrom = new Map<string, string>();
  let level = [start];
  while (level.length > 0) {
    const next: string[] = [];
    for (const node of level) {
      for (const callee of graph.get(node)?.calls ?? []) {
        if (callee === start) return chainTo(reachedFrom, start, node);
        if (!knot.has(callee) || reachedFrom.has(callee)) continue;
        reachedFrom.set(callee, node);
        next.push(callee);
      }
    }
    level = next;
  }
  return null;
}

function chainTo(reachedFrom: ReadonlyMap<string, string>, start: string, end: string): string[] {
  const chain = [start];
  for (let node: string | undefined = end; node !== undefined && node !== start; node = reachedFrom.get(node))
    chain.unshift(node);
  return [start, ...chain];
}
