/** The documents of an API: what creates it, what replaces its draft, and what is shown. */
import { ApiDefinition, GROUP_ID } from '@causeway/contract';
import { z } from 'zod';
import type { Api } from './api.entity.js';

const Id = z.string().regex(GROUP_ID, 'must be 32 lower-case hexadecimal digits');

/** A create may bring its own id, so that grants and bindings elsewhere keep naming it after a move. */
export const NewApi = ApiDefinition.extend({ id: Id.optional() });

/** May repeat what a read shows besides the definition, so that what was read can be edited and sent back. */
export const ApiUpdate = ApiDefinition.extend({
  id: Id.optional(),
  groupId: Id.optional(),
  createdAt: z.iso.datetime().optional(),
  updatedAt: z.iso.datetime().optional(),
});

export const ApiView = ApiDefinition.extend({
  id: Id,
  groupId: Id,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ApiView = z.infer<typeof ApiView>;

export function showApi({ id, groupId, definition, createdAt, updatedAt }: Api): ApiView {
  return {
    id,
    groupId,
    ...showDefinition(definition),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** The fields in the order of the reference, which jsonb does not keep; as stored when a stricter release no longer takes it. */
export function showDefinition(stored: ApiDefinition): ApiDefinition {
  const parsed = ApiDefinition.safeParse(stored);
  return parsed.success ? parsed.data : stored;
}
