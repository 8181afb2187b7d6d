/** Compiles what one chunk holds, to refuse it where it is written and not where it runs. */
import { type Chunk, sealedPaths } from '@causeway/contract';
import { checkPlugin, mapSecrets, secretPathsOf } from '@causeway/plugins';
import { checkDefinition } from './check-definition.js';
import type { Open } from './deps.js';

export interface ChunkProblem {
  /** Such as `api:<id>`, `plugin:<id>`. */
  readonly resource: string;
  readonly path: string;
  readonly message: string;
}

const UNOPENED = 'cannot be opened with the keys at hand';

export function checkChunk(chunk: Chunk, deps: { readonly open: Open }): ChunkProblem[] {
  switch (chunk.kind) {
    case 'apis':
      return chunk.apis.flatMap(({ id, definition }) =>
        checkDefinition(definition).map((problem) => ({ resource: `api:${id}`, ...problem })),
      );
    case 'plugin': {
      const problems: ChunkProblem[] = [];
      const resource = `plugin:${chunk.id}`;
      const config = mapSecrets(chunk.config, secretPathsOf(chunk.type), (field, sealed) => {
        try {
          return deps.open(sealedPaths.pluginField(chunk.id, field), sealed);
        } catch {
          problems.push({ resource, path: field, message: UNOPENED });
          return sealed;
        }
      });
      return [...problems, ...checkPlugin(chunk.type, config).problems.map((problem) => ({ resource, ...problem }))];
    }
    case 'certificate':
      return opens(deps.open, sealedPaths.certificateKey(chunk.id), chunk.privateKey)
        ? []
        : [{ resource: `certificate:${chunk.id}`, path: 'privateKey', message: UNOPENED }];
    default:
      return [];
  }
}

function opens(open: Open, path: string, sealed: string): boolean {
  try {
    open(path, sealed);
    return true;
  } catch {
    return false;
  }
}
