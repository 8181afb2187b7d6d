/** Which plugins decided something about a request, as the bits of a number: noting it costs the hot path next to nothing. */
// hot
import { PLUGIN_TYPES, type PluginType } from '@causeway/contract';

/** The bit of a type, to be set in `x.hits`; of what is no plugin, none. */
export function hitOf(type: string): number {
  const at = (PLUGIN_TYPES as readonly string[]).indexOf(type);
  return at < 0 ? 0 : 1 << at;
}

export function typesHit(hits: number): readonly PluginType[] {
  return PLUGIN_TYPES.filter((_, at) => (hits & (1 << at)) !== 0);
}
