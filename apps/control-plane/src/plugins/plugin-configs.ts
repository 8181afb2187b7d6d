/** Configurations on their way into the store and out of it. */

import { PLUGIN_TYPES } from '@causeway/contract';
import { checkPlugin, type DatasetUse, findPlugin, reviewPlugin } from '@causeway/plugins';
import { Injectable } from '@nestjs/common';
import type { Change, Warning } from '../change/change.js';
import { type FieldError, refused } from '../http/problem.js';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import { StoredSecrets } from '../secrets/stored-secrets.js';
import { parseConfigText } from './config-text.js';
import type { Plugin } from './plugin.entity.js';
import { maskSecrets, restoreSecrets, withSomeSecrets } from './secret-text.js';

/** Text, or an object that is kept as JSON. */
export type GivenConfig = string | Record<string, unknown>;

export interface Findings {
  readonly problems: readonly FieldError[];
  readonly warnings: readonly Warning[];
  /** What it would do, in plain words; nothing while there are problems. */
  readonly summary: readonly string[];
}

@Injectable()
export class PluginConfigs {
  constructor(private readonly secrets: StoredSecrets) {}

  /**
   * The text to keep. Refuses a configuration with problems, all of them at once, those that the caller found too; doubts become
   * warnings of the write.
   */
  accept(
    change: Change,
    type: string,
    given: GivenConfig,
    { stored, problems: found }: { stored: string | null; problems: readonly FieldError[] },
  ): string {
    const { text, unknown } = restoreSecrets(type, toText(given), stored);
    const missing = unknown.map((field) => ({
      path: `config.${field}`,
      message: 'is ******, but no value is stored that it could keep',
    }));
    const { problems, warnings } = judge(type, text);
    if (problems.length + missing.length + found.length > 0) {
      const code = problems.find((problem) => problem.code !== undefined)?.code ?? 'InvalidPluginData';
      throw refused([...problems.map(toFieldError), ...missing, ...found], code, 'The configuration of the plugin is refused.');
    }
    for (const warning of warnings) change.warn(warning);
    return text;
  }

  /** What is wrong or doubtful, and what it would do; a value that reads `******` counts as some secret. */
  check(type: string, given: GivenConfig): Findings {
    const { problems, ...findings } = judge(type, withSomeSecrets(type, toText(given)));
    return { problems: problems.map(toFieldError), ...findings };
  }

  /** The app that a configuration without problems names; null: none. */
  appOf(type: string, given: GivenConfig): string | null {
    const config = soundConfig(type, given);
    return config === null ? null : (findPlugin(type)?.appOf?.(config) ?? null);
  }

  /** The datasets that a configuration without problems names. */
  datasetsOf(type: string, given: GivenConfig): readonly DatasetUse[] {
    const config = soundConfig(type, given);
    return config === null ? [] : (findPlugin(type)?.datasetsOf?.(config) ?? []);
  }

  seal(pluginId: string, text: string): string {
    return this.secrets.seal(storedPaths.pluginConfig(pluginId), text);
  }

  /** As its owner wrote it. */
  open({ id, config }: Pick<Plugin, 'id' | 'config'>): string {
    return this.secrets.open(storedPaths.pluginConfig(id), config);
  }

  masked(plugin: Pick<Plugin, 'id' | 'type' | 'config'>): string {
    return maskSecrets(plugin.type, this.open(plugin));
  }
}

function toFieldError({ path, message }: FieldError): FieldError {
  return { path, message };
}

function soundConfig(type: string, given: GivenConfig): Record<string, unknown> | null {
  const parsed = parseConfigText(withSomeSecrets(type, toText(given)));
  return 'problems' in parsed ? null : checkPlugin(type, parsed.config).config;
}

/** A problem may have a code of its own, which the refusal then carries. */
function judge(type: string, text: string): Judged {
  if (findPlugin(type) === undefined) return refusedFor([{ path: 'type', message: `must be one of ${PLUGIN_TYPES.join(', ')}` }]);
  const parsed = parseConfigText(text);
  if ('problems' in parsed) return refusedFor(parsed.problems);
  const { problems, warnings, summary } = reviewPlugin(type, parsed.config);
  return {
    problems: problems.map((problem) => ({ ...problem, path: inConfig(problem.path) })),
    warnings: warnings.map(({ code, path, message }) => ({ code, message, path: inConfig(path) })),
    summary,
  };
}

interface Judged extends Omit<Findings, 'problems'> {
  readonly problems: ReadonlyArray<FieldError & { readonly code?: string | undefined }>;
}

function refusedFor(problems: readonly FieldError[]): Judged {
  return { problems, warnings: [], summary: [] };
}

function toText(given: GivenConfig): string {
  return typeof given === 'string' ? given : JSON.stringify(given);
}

function inConfig(path: string): string {
  return path === '' ? 'config' : `config.${path}`;
}
