/** Every type that a plugin may have, and whether it runs: one that joins the list of `libs/plugins` runs by that alone. */
import { PLUGIN_TYPES } from '@causeway/contract';
import { pluginTypes } from '@causeway/plugins';
import type { PluginTypeView } from './plugin-type.dto.js';

const running = new Map(pluginTypes.map((each) => [each.type, each]));

export const allPluginTypes: readonly PluginTypeView[] = PLUGIN_TYPES.map((type) => {
  const known = running.get(type);
  if (known !== undefined) return { ...known, runs: true };
  return {
    type,
    runs: false,
    description: 'Is stored and shown, and does not run in this version: it cannot be bound.',
    jsonSchema: { type: 'object' },
    example: '{}\n',
  };
});
