/** Makes the types of the client from the reference that the control plane's build has written. */
import { readFileSync, writeFileSync } from 'node:fs';
import generate, { astToString, COMMENT_HEADER } from 'openapi-typescript';

const reference = JSON.parse(readFileSync(new URL('../../apps/control-plane/dist/openapi.json', import.meta.url), 'utf8'));
const types = await generate(reference, { alphabetize: true, defaultNonNullable: false });
writeFileSync(new URL('src/schema.ts', import.meta.url), `${COMMENT_HEADER}${astToString(types)}`);
