/** Field types that all plugin schemas share. */
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
