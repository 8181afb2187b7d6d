/** What creates many APIs in one call, and what comes of each. */
import { z } from 'zod';
import { NewApi } from './api-document.js';

/** APIs in one call (management model 1 rule 9). */
const MAX_APIS = 100;

const ItemProblem = z.object({
  status: z.int().describe('What creating this API alone would have answered.'),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** Each API is checked on its own, so that a wrong one stops no other. */
export const ApiBatch = z.strictObject({ items: z.array(z.unknown()).min(1).max(MAX_APIS) });
/** The same for the reference, which says what the items are. */
export const ApiBatchBody = z.strictObject({ items: z.array(NewApi).min(1).max(MAX_APIS) });

export const ApiBatchAnswer = z.object({
  items: z
    .array(
      z.object({
        status: z.enum(['done', 'refused']),
        id: z.string().optional().describe('Absent where none was brought and none was made.'),
        name: z.string().optional(),
        problem: ItemProblem.optional().describe('Only of what was refused.'),
      }),
    )
    .describe('In the order in which they came.'),
});
export type ApiBatchAnswer = z.infer<typeof ApiBatchAnswer>;
