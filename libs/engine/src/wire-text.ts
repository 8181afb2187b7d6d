/** Text as header values hold it on the wire side: one character per byte of UTF-8. */
export function wireText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
