/** The sections of a page of docs/, and the numbered rules in each. */

/** Number, or text where there is none, of each heading -> numbers in the first column of its tables. */
export function sectionsOf(markdown: string): ReadonlyMap<string, ReadonlySet<string>> {
  const sections = new Map<string, Set<string>>();
  let current = new Set<string>();
  for (const line of markdown.split('\n')) {
    const heading = /^#{2,3} (?:([0-9]+(?:\.[0-9]+)*)\.? )?(.*)$/.exec(line);
    if (heading !== null) {
      current = new Set();
      sections.set(heading[1] ?? heading[2]!.replace(/ \(.*\)$/, ''), current);
    }
    const rule = /^\| ([0-9]+[a-z]?) \|/.exec(line)?.[1];
    if (rule !== undefined) current.add(rule);
  }
  return sections;
}
