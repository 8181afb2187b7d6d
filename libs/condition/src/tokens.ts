/** Splits the text of a condition into tokens, one at a time. */

export interface Token {
  readonly kind: 'variable' | 'text' | 'number' | 'word' | 'symbol' | 'end' | 'bad';
  /** Name, contents of the string, digits, the word in lower case, the symbol; for `bad` what is wrong with it. */
  readonly value: string;
  /** As written, to show what was found. */
  readonly written: string;
  /** From 1. */
  readonly column: number;
}

/** Reads the token that starts at or after `from`; `next` is where to go on. Never throws. */
export function readToken(text: string, from: number): { token: Token; next: number } {
  let at = from;
  while (BLANKS.includes(text.charAt(at)) && at < text.length) at++;
  if (at >= text.length) return { token: { kind: 'end', value: '', written: 'the end', column: at + 1 }, next: at };
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    const value = match.slice(1).find((part) => part !== undefined) ?? match[0];
    return {
      token: { kind, value: FOLDED.has(kind) ? value.toLowerCase() : value, written: match[0], column: at + 1 },
      next: pattern.lastIndex,
    };
  }
  return { token: { ...badToken(text, at), column: at + 1 }, next: text.length };
}

const BLANKS = ' \t\r\n';

// Sticky, and each linear in what it reads: none can match the same character in two ways.
const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['variable', /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/y],
  ['text', /'([^']*)'|"([^"]*)"/y],
  ['number', /-?[0-9]+(?:\.[0-9]+)?(?![A-Za-z0-9_.])/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*|!(?:like|in_cidr)(?![A-Za-z0-9_])/iy],
  ['symbol', /==|<>|!=|<=|>=|[=<>!()]/y],
];

const FOLDED: ReadonlySet<Token['kind']> = new Set(['word']);

function badToken(text: string, at: number): Omit<Token, 'column'> {
  const start = text.charAt(at);
  const written = String.fromCodePoint(text.codePointAt(at) as number);
  if (start === "'" || start === '"') return { kind: 'bad', value: `a closing ${start}`, written: shorten(text.slice(at)) };
  if (start === '$') return { kind: 'bad', value: 'a variable such as $name or ${name}', written: shorten(text.slice(at)) };
  if (/[-0-9]/.test(start)) return { kind: 'bad', value: 'a number such as 5 or -1.25', written: shorten(text.slice(at)) };
  return { kind: 'bad', value: '', written };
}

/** Up to the next blank, and not much of it. */
function shorten(rest: string): string {
  const word = rest.split(/[ \t\r\n]/, 1)[0] as string;
  return word.length > 20 ? `${word.slice(0, 20)}…` : word;
}
