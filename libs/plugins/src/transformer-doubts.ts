/** Items that another item makes pointless. */
import type { Doubt } from './kit/plugin.js';
import type { TransformerConfig } from './transformer.js';

interface Item {
  readonly path: string;
  /** Equal for items of the same place and name. */
  readonly whose: string;
}

export function transformerDoubts(config: TransformerConfig): Doubt[] {
  const itemsIn = (field: keyof TransformerConfig, location: string | null): Item[] => {
    const list = (config[field] ?? []) as ReadonlyArray<{ readonly name: string; readonly location?: string }>;
    return list.map(({ name, location: own }, n) => {
      const place = own ?? location ?? '';
      return { path: `${field}[${n}]`, whose: `${place} ${place === 'header' ? name.toLowerCase() : name}` };
    });
  };
  const put = itemsIn('putRequestParameter', null);
  return [
    ...pointless(itemsIn('removeRequestParameter', null), put, itemsIn('addRequestParameterIfAbsent', null)),
    ...replaced(put),
    // Of headers of an answer that are set twice both are sent.
    ...pointless(
      itemsIn('removeResponseHeader', 'header'),
      itemsIn('putResponseHeader', 'header'),
      itemsIn('addResponseHeaderIfAbsent', 'header'),
    ),
  ];
}

/** In the order in which they act: what is put is there, so that nothing of the name is absent. */
function pointless(removed: readonly Item[], put: readonly Item[], added: readonly Item[]): Doubt[] {
  const doubts: Doubt[] = [];
  const find = (items: readonly Item[], whose: string) => items.find((each) => each.whose === whose);
  for (const { path, whose } of removed) {
    const again = find(put, whose);
    if (again !== undefined) doubts.push({ path, code: 'undone', message: `${again.path} sets it again` });
  }
  for (const [n, { path, whose }] of added.entries()) {
    const there = find(put, whose) ?? find(added.slice(0, n), whose);
    if (there !== undefined) doubts.push({ path, code: 'no-effect', message: `is never absent: ${there.path} sets it` });
  }
  return doubts;
}

function replaced(put: readonly Item[]): Doubt[] {
  return put.flatMap(({ path, whose }, n): Doubt[] => {
    const later = put.slice(n + 1).find((each) => each.whose === whose);
    return later === undefined ? [] : [{ path, code: 'overridden', message: `${later.path} sets it again` }];
  });
}
