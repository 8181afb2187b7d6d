/** The named blocks of a page: those whose fence says a name behind the language, such as `sh form.sh`. */

/** Name -> text, without the blanks by which the whole block is indented. */
export function namedBlocks(markdown: string): ReadonlyMap<string, string> {
  const found = markdown.matchAll(/^( *)```\w+ (\S+)\n(.*?)\n\1```$/gms);
  return new Map(
    [...found].map(([, indent = '', name = '', text = '']) => [name, text.replaceAll(new RegExp(`^${indent}`, 'gm'), '')]),
  );
}
