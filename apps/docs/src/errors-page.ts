/** The reference of refusals, from the error table. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_TABLE, type ErrorCode } from '@causeway/contract';
import { ROOT } from './root.js';
import { sourceFiles } from './source-files.js';
import { code, table } from './table.js';

export function errorsPage(): string {
  const given = givenCodes();
  const codes = Object.keys(ERROR_TABLE) as ErrorCode[];
  return `# Refusals

Every code that a data plane can answer with, in \`X-Ca-Error-Code\`; \`X-Ca-Error-Message\` has the text, its \`\${marks}\` filled in.
The body is empty. [Wire contract](wire-contract.md), section 11.2, says more; refusals of the management API are described at \`/api/docs\`.

${rowsOf(codes.filter((each) => given.has(each)))}

## Reserved

Codes of what is absent so far. Their meaning is fixed; nothing answers with them yet.

${rowsOf(codes.filter((each) => !given.has(each)))}
`;
}

function rowsOf(codes: readonly ErrorCode[]): string {
  const rows = codes.map((each) => {
    const { status, fault, message, when } = ERROR_TABLE[each];
    return [code(each), String(status), fault, code(message), when];
  });
  return table(['code', 'status', 'whose doing', 'message', 'when'], rows);
}

/** Codes that the sources of the data plane name: those that it can give today. */
function givenCodes(): ReadonlySet<string> {
  const files = ['libs/engine/src', 'libs/plugins/src', 'apps/data-plane/src'].flatMap((folder) => sourceFiles(folder, ['.ts']));
  const sources = files.filter((file) => !file.endsWith('.spec.ts') && !file.includes('/testing/'));
  return new Set(
    sources.flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      return [...text.matchAll(/'([A-Z][0-9]{3}[A-Z0-9]{2})'/g)].map((found) => found[1]!);
    }),
  );
}
