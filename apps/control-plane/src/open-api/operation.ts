/** The parts of an operation that are completed here. */
import type { Field } from './fields.js';

export interface Answer {
  description?: string;
  headers?: object;
  content?: Record<string, { schema?: Field }>;
}

export interface Operation {
  operationId: string;
  summary?: string;
  parameters?: object[];
  requestBody?: { content: Record<string, { schema?: Field }> };
  responses: Record<string, Answer>;
  'x-single-resource'?: boolean;
}
