/** Field types that all plugin schemas share. */
import { isReservedHeader } from '@causeway/contract';
import { z } from 'zod';

/** Text; a number or boolean is accepted and written as text (plugins, section 1 rule 6). */
export const text = (max: number) =>
  z
    .union([z.string(), z.number().transform(String), z.boolean().transform(String)], { error: 'must be text' })
    .pipe(z.string().max(max));

/** A whole number; a numeric string is accepted (plugins, section 1 rule 6). */
export const whole = (min: number, max: number) =>
  z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^-?[0-9]+$/)
          .transform(Number),
      ],
      { error: 'must be a whole number' },
    )
    .pipe(z.int().min(min).max(max));

/** A value that may stand in a header or a query. */
export const FieldText = text(4096).pipe(
  z.string().regex(/^[^\u0000-\u0008\u000a-\u001f\u007f]*$/, 'must not hold control characters'),
);

export const HeaderName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, 'must be a header name');

/** Not one that speaks of the connection or the frame of a message, or that the gateway writes itself. */
export const OwnHeaderName = HeaderName.refine(
  (name) => !isReservedHeader(name),
  'is written by the gateway and may not be set here',
);
