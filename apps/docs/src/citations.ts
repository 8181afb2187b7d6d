/** Finds where the code cites a page of docs/ by section and rule, such as "wire contract 4.2, 4.6 rule 7 and 5". */

export interface Citation {
  /** Path of the page from the root. */
  readonly page: string;
  /** A number such as `4.6`, or the text of a heading. */
  readonly section: string;
  readonly rules: readonly string[];
}

const PAGES: Readonly<Record<string, string>> = {
  'wire contract': 'docs/wire-contract.md',
  conditions: 'docs/conditions.md',
  plugins: 'docs/plugins.md',
  'management model': 'docs/management.md',
};

const START = /\b(wire contract,?|conditions, section|plugins, section|management model,?) (?=(?:section )?[0-9])/gi;
const SECTION = /(?:(?:, | and | to )?(?:section )?)([0-9]+(?:\.[0-9]+)*)/y;
const RULES =
  /,? (?:nonce )?(?:rules?|rows?|steps?|checks?) ([0-9]+[a-z]?(?!\.[0-9])(?:(?:, | and | to )[0-9]+[a-z]?(?![0-9]|\.[0-9]))*)/y;
const HEADING = /\bsnapshots, "([^"]+)"/g;

export function citationsIn(text: string): Citation[] {
  // A citation may run over the end of a line of a comment.
  const line = text.replace(/\s*\n\s*(?:\*|\/\/|#)?\s*/g, ' ');
  const cited = [...line.matchAll(START)].flatMap(({ 0: found, 1: name, index }) => {
    const page = PAGES[name!.toLowerCase().replace(/,? section$|,$/, '')]!;
    return sectionsAt(line, index + found.length).map((each) => ({ page, ...each }));
  });
  const headings = [...line.matchAll(HEADING)].map(([, section]) => ({
    page: 'docs/snapshots.md',
    section: section!,
    rules: [],
  }));
  return [...cited, ...headings];
}

function sectionsAt(line: string, from: number): Array<Pick<Citation, 'section' | 'rules'>> {
  const found: Array<Pick<Citation, 'section' | 'rules'>> = [];
  for (let at = from; ; ) {
    SECTION.lastIndex = at;
    const section = SECTION.exec(line)?.[1];
    if (section === undefined) return found;
    at = SECTION.lastIndex;
    RULES.lastIndex = at;
    const rules = RULES.exec(line)?.[1];
    if (rules !== undefined) at = RULES.lastIndex;
    found.push({ section, rules: rules === undefined ? [] : spelledOut(rules) });
    // Only a comma, "and" or "to" goes on to another section.
    if (!/^(?:, | and | to )(?:section )?[0-9]/.test(line.slice(at, at + 20))) return found;
  }
}

/** `1, 2 and 4 to 7` one by one. */
function spelledOut(rules: string): string[] {
  return rules.split(/, | and /).flatMap((part) => {
    const [first, last] = part.split(' to ');
    if (last === undefined) return [first!];
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, n) => String(Number(first) + n));
  });
}
