/** Makes the template; `apps/standalone/prepare.mjs` runs it after a build. */
import { makeTemplate } from './template.js';

await makeTemplate();
