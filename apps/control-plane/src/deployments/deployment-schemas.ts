/** Answers that carry a whole definition, as the reference shows them. */
import { ApiDefinition } from '@causeway/contract';
import { z } from 'zod';
import { toOpenApi } from '../apis/api-schemas.js';

const Time = z.iso.datetime();

export const wholeDeploymentSchema = toOpenApi(
  z.object({ stage: z.string(), version: z.string(), deployedAt: Time, description: z.string(), definition: ApiDefinition }),
  'output',
);

export const wholeVersionSchema = toOpenApi(
  z.object({
    version: z.string(),
    stage: z.string(),
    description: z.string(),
    status: z.enum(['ONLINE', 'OFFLINE']),
    createdAt: Time,
    definition: ApiDefinition,
    diff: z
      .array(z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }))
      .optional()
      .describe('Only with `against`: what changed from that one to this.'),
  }),
  'output',
);
