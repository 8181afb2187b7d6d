/** Reads the text of a plugin configuration: JSON, or YAML 1.2 without anything that makes one text mean two things. */
import { Composer, type CST, type Document, isAlias, isMap, isScalar, Lexer, LineCounter, Parser, visit } from 'yaml';
import type { FieldError } from '../http/problem.js';

/** UTF-8 bytes of a configuration (plugins, section 1 rule 3). */
const MAX_BYTES = 51_200;
/** Collections inside collections; the deepest type of plugin needs six. */
const MAX_DEPTH = 32;
/** Complaints in one answer: 50 KB can hold 50,000. */
const MAX_NAMED = 100;

export type ParsedText = { readonly config: Record<string, unknown> } | { readonly problems: readonly FieldError[] };

/** Complaints name line and column; none repeats more of the text than a key or an anchor. */
export function parseConfigText(text: string): ParsedText {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) return complain(`has ${bytes} bytes, at most ${MAX_BYTES} are allowed`);
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}`;
  };
  const documents = readDocuments(text, lines);
  if (documents === null) return complain(`is nested more than ${MAX_DEPTH} levels deep`);
  const [document, second] = documents;
  if (document === undefined) return complain('is empty: expected fields and their values');
  const problems = document.errors.map(({ message, pos }) => `${at(pos[0])}: ${message}`);
  if (second !== undefined) problems.push(`${at(second.range[0])}: expected the end, found a second document`);
  if (document.directives?.yaml.explicit === true || Object.keys(document.directives?.tags ?? {}).length > 1)
    problems.push('line 1: expected no directives (%YAML, %TAG)');
  problems.push(...forbidden(document, at));
  if (problems.length > 0) return { problems: problems.slice(0, MAX_NAMED).map((message) => ({ path: 'config', message })) };
  if (!isMap(document.contents)) return complain('must hold fields and their values, not a list or a single value');
  return { config: document.toJS() as Record<string, unknown> };
}

/** Null when the text is too large or nested too deeply. */
export function readDocuments(text: string, lines: LineCounter): Document.Parsed[] | null {
  if (Buffer.byteLength(text) > MAX_BYTES) return null;
  const tokens = readTokens(text, lines);
  if (tokens === null) return null;
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    // Compares each key with all before it: 9,000 keys take a second. `forbidden` looks instead.
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return [...composer.compose(tokens)];
}

/**
 * Counts the depth while it reads: composing what is read recurses, and a regular expression that V8 compiles near the end of
 * the stack does not throw but ends the process.
 */
function readTokens(text: string, { addNewLine }: LineCounter): CST.Token[] | null {
  const parser = new Parser(addNewLine);
  const tokens: CST.Token[] = [];
  addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    // The document and an open scalar stand on the stack too.
    if (parser.stack.length > MAX_DEPTH + 2) return null;
  }
  tokens.push(...parser.end());
  return tokens;
}

function forbidden(document: Document, at: (offset: number) => string): string[] {
  const found: string[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name))
          found.push(`${at(key.range?.[0] ?? 0)}: expected a key of its own, found ${name.slice(0, 100)} again`);
        seen.add(name);
      }
    },
    Node(_, node) {
      const place = at(node.range?.[0] ?? 0);
      if (isAlias(node)) found.push(`${place}: expected a value, found the alias *${node.source}`);
      else if (node.anchor !== undefined) found.push(`${place}: expected a value, found the anchor &${node.anchor}`);
      if (!isAlias(node) && node.tag !== undefined) found.push(`${place}: expected a value, found the tag ${node.tag}`);
    },
  });
  return found;
}

function complain(message: string): ParsedText {
  return { problems: [{ path: 'config', message }] };
}
