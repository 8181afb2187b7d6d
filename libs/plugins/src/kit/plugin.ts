/** What a plugin is, sees and may use. */
import type { PluginType } from '@causeway/contract';
import type { z } from 'zod';
import type { Answer } from './answer.js';
import type { Exchange, RouteFacts } from './exchange.js';
import type { Outgoing } from './outgoing.js';

/** One complaint about a configuration; `path` such as `routes[0].condition`, empty for the whole. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  /** A code of its own, that the refusal is to carry. */
  readonly code?: string | undefined;
}

/** Something doubtful that does not stop a configuration from being stored. */
export interface Doubt {
  readonly path: string;
  readonly message: string;
  readonly code: string;
}

export interface Findings {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Doubt[];
}

/** Return an answer to finish early, nothing to go on. */
export type StepResult = Answer | undefined | Promise<Answer | undefined>;

/** What a compiled plugin does in each phase; an absent step costs nothing. */
export interface Steps {
  /** Before parameters are mapped: may it pass, where does it go. */
  readonly request?: (x: Exchange) => StepResult;
  /** Last, over the request exactly as it leaves; nothing may change afterwards. */
  readonly sign?: (x: Exchange, out: Outgoing) => void;
  /** True when `request` reads a urlencoded body. */
  readonly needsForm?: boolean;
  /** True when `request` reads values out of a JSON body. */
  readonly needsBody?: boolean;
  /** True when `sign` needs the digest of a body that is not a form: the body is then buffered first. */
  readonly needsBodyMd5?: boolean;
  /** True when the answer of a backend is another gateway's, whose error headers are passed on (wire contract 11.1). */
  readonly trustsErrors?: boolean;
}

/** A backend as a route names it; a present field replaces that of the API's own backend. */
export interface BackendOverlay {
  readonly type?: 'HTTP' | 'HTTP-VPC' | 'MOCK' | undefined;
  readonly address?: string | undefined;
  /** A named upstream of the account. */
  readonly vpcAccessName?: string | undefined;
  readonly path?: string | undefined;
  readonly method?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly statusCode?: number | undefined;
  readonly body?: string | undefined;
  readonly headers?: ReadonlyArray<{ readonly name: string; readonly value: string }> | undefined;
}

/** A backend that a plugin may put in place of the API's own, for the check for loops (wire contract 10 rule 5). */
export interface Diversion {
  /** The field of the configuration that says where it leads. */
  readonly path: string;
  /** True when no request that comes this far goes on to a later diversion or the API's own backend. */
  readonly always: boolean;
  readonly backend: BackendOverlay;
  /** The stage that it asks for at an internal domain; null: the default one. */
  readonly stage: string | null;
}

/** What a plugin may use while it is compiled for one API in one stage. */
export interface CompileContext {
  readonly pluginId: string;
  readonly pluginName: string;
  readonly api: RouteFacts;
  /** Front-end names of the parameters that the API defines. */
  readonly apiParameters: readonly string[];
  /** Names of the request path's placeholders, in order. */
  readonly pathPlaceholders: readonly string[];
  /** The API's own backend with an overlay, ready to call; a text says what is missing (I504RB). */
  backend(overlay: BackendOverlay): { readonly backend: unknown } | { readonly incomplete: string };
  now(): number;
  random(): number;
}

/** What a plugin may use to explain itself for one API. */
export type ExplainContext = Pick<CompileContext, 'apiParameters' | 'pathPlaceholders' | 'random'>;

/** What one rule of a plugin says to a request, for operators who try it out. */
export interface RuleVerdict {
  readonly rule: string;
  readonly condition: string;
  readonly holds: boolean;
  /** One line per comparison, with the values that it saw; terms of a group are indented. */
  readonly why: readonly string[];
}

export interface PluginDefinition<Config = unknown> {
  readonly type: PluginType;
  /** One sentence for the reference. */
  readonly description: string;
  readonly schema: z.ZodType<Config>;
  /** Fields that hold secrets: each a path into the configuration. */
  readonly secretPaths: ReadonlyArray<readonly string[]>;
  /**
   * The app of the plugin's account, by id or name, whose key pair a configuration means; null: none. A control plane puts the
   * fields `key` and `secret` in place of `app`: nothing that runs requests meets it.
   */
  appOf?(config: Config): string | null;
  /** A configuration as an owner would write it, in YAML. */
  readonly example: string;
  /** Complaints and doubts beyond the schema. */
  check?(config: Config): Findings;
  /** Where it may send requests, in the order in which it decides; absent: nowhere. */
  diversions?(config: Config): readonly Diversion[];
  compile(config: Config, context: CompileContext): Steps;
  /**
   * Says what its rules see, in their order, all of them. Who has it promises that the `request` step changes nothing but the
   * request itself and comes to the same verdicts: then the step is run for an explanation too. Others are only named there.
   */
  explain?(config: Config, context: ExplainContext): (x: Exchange) => readonly RuleVerdict[];
}

/** Ties a plugin's schema to its compile function, so that the configuration is typed. */
export function definePlugin<Config>(definition: PluginDefinition<Config>): PluginDefinition<Config> {
  return definition;
}
