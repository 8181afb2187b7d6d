/** Text with `${name}` in it, filled with the values of a request or an answer (plugins, section 6). */
// hot
import { type CompileContext, type Needs, resolveVariable, textOf, type ValueSource } from '@causeway/condition';
import { NO_NEEDS } from './condition-fields.js';

/** A filled text is cut here, characters: values come from clients, and may stand in it many times. */
export const MAX_FILLED_LENGTH = 65_536;

export interface Template {
  /** Parts that must have been read before it is filled. */
  readonly needs: Needs;
  /** The text when it holds no variable; else null. */
  readonly constant: string | null;
  fill(source: ValueSource): string;
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/;

/** The names in a text; none of an absent one. */
export function namesInTemplate(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(VARIABLE).filter((_, n) => n % 2 === 1);
}

/** A name that nothing can give a value, and a null, are empty text; any other `$` is itself. */
export function compileTemplate(text: string, context: CompileContext): Template {
  // Text, name, text, name, ..., text.
  const parts = text.split(VARIABLE);
  if (parts.length === 1) return { needs: NO_NEEDS, constant: text, fill: () => text };
  const readers = parts.map((part, n) => (n % 2 === 0 ? null : resolveVariable(part, context)));
  const locations = parts.flatMap((part, n) =>
    n % 2 === 0 ? [] : (context.parameters.byName.get(part)?.location.location ?? []),
  );
  return {
    needs: { form: locations.includes('Form'), body: locations.includes('BodyJsonField') },
    constant: null,
    fill(source) {
      let filled = '';
      for (let n = 0; n < parts.length && filled.length < MAX_FILLED_LENGTH; n++) {
        if (n % 2 === 0) {
          filled += parts[n]!;
          continue;
        }
        const read = readers[n]!;
        const value = read === null ? null : read(source);
        if (value !== null) filled += textOf(value);
      }
      return filled.length > MAX_FILLED_LENGTH ? filled.slice(0, MAX_FILLED_LENGTH) : filled;
    },
  };
}
