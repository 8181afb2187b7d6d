/** Reads the text of a plugin configuration: JSON, or YAML 1.2 without anything that makes one text mean two things. */
import { type Document, isAlias, isMap, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { FieldError } from '../http/problem.js';

/** UTF-8 bytes of a configuration (plugins, rule 3). */
const MAX_BYTES = 51_200;
const MAX_DEPTH = 32;

export type ParsedText = { readonly config: Record<string, unknown> } | { readonly problems: readonly FieldError[] };

/** Every complaint names line and column; none repeats more of the text than a key or an anchor. */
export function parseConfigText(text: string): ParsedText {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) return complain(`has ${bytes} bytes, at most ${MAX_BYTES} are allowed`);
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}`;
  };
  const documents = readDocuments(text, lines);
  if (documents === null) return complain('is nested too deeply');
  const [document, second] = documents;
  if (document === undefined) return complain('is empty: expected fields and their values');
  const problems = document.errors.map(({ message, pos }) => `${at(pos[0])}: ${message}`);
  if (second !== undefined) problems.push(`${at(second.range[0])}: expected the end, found a second document`);
  if (document.directives?.yaml.explicit === true || Object.keys(document.directives?.tags ?? {}).length > 1)
    problems.push('line 1: expected no directives (%YAML, %TAG)');
  problems.push(...forbidden(document, at));
  if (problems.length > 0) return { problems: problems.map((message) => ({ path: 'config', message })) };
  if (!isMap(document.contents)) return complain('must hold fields and their values, not a list or a single value');
  return { config: document.toJS() as Record<string, unknown> };
}

/** Null when the text is too large, or nested more than the parser's own recursion can take. */
export function readDocuments(text: string, lines: LineCounter): Document.Parsed[] | null {
  if (Buffer.byteLength(text) > MAX_BYTES) return null;
  try {
    const documents = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: true,
      stringKeys: true,
      prettyErrors: false,
      lineCounter: lines,
      logLevel: 'silent',
    });
    return documents as Document.Parsed[];
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function forbidden(document: Document, at: (offset: number) => string): string[] {
  const found: string[] = [];
  visit(document, {
    Node(_, node, path) {
      const place = at(node.range?.[0] ?? 0);
      if (isAlias(node)) found.push(`${place}: expected a value, found the alias *${node.source}`);
      else if (node.anchor !== undefined) found.push(`${place}: expected a value, found the anchor &${node.anchor}`);
      if (!isAlias(node) && node.tag !== undefined) found.push(`${place}: expected a value, found the tag ${node.tag}`);
      if (path.length <= MAX_DEPTH * 2) return undefined;
      found.push(`${place}: is nested too deeply`);
      return visit.BREAK;
    },
  });
  return found;
}

function complain(message: string): ParsedText {
  return { problems: [{ path: 'config', message }] };
}
