/** Reads the text of a plugin configuration: JSON, or YAML 1.2 without anything that makes one text mean two things. */
import { type Document, LineCounter } from 'yaml';
import type { FieldError } from '../http/problem.js';
export type ParsedText = {
    readonly config: Record<string, unknown>;
} | {
    readonly problems: readonly FieldError[];
};
/** Complaints name line and column; none repeats more of the text than a key or an anchor. */
export declare function parseConfigText(text: string): ParsedText;
/** Null when the text is too large or nested too deeply. */
export declare function readDocuments(text: string, lines: LineCounter): Document.Parsed[] | null;
