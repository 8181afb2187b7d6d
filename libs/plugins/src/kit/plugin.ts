/** What a plugin is, sees and may use. */
import type { PluginType } from '@causeway/contract';
import type { z } from 'zod';
import type { Answer } from './answer.js';
import type { Dataset, DatasetType, DatasetUse } from './dataset.js';
import type { DoubtCode } from './doubt-codes.js';
import type { Exchange, RouteFacts } from './exchange.js';
import type { Outgoing } from './outgoing.js';
import type { CredentialPlace, RecordMask } from './record-mask.js';
import type { PluginServices } from './services.js';

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
  readonly code: DoubtCode;
}

export interface Findings {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Doubt[];
}

/** Return an answer to finish early, nothing to go on. */
export type StepResult = Answer | undefined | Promise<Answer | undefined>;

/**
 * What a compiled plugin does in each phase (plugins, section 3); an absent step costs nothing. On the way to the backend plugins
 * act in the order of the list, on the way back in the reverse order.
 */
export interface Steps {
  /** Answers a preflight for the API of the requested method, before anybody asks who calls. */
  readonly preflight?: (x: Exchange, method: string) => Answer;
  /** Refuses before anybody asks who calls. */
  readonly first?: (x: Exchange) => Answer | undefined;
  /** Who calls, and from where: after application and grant, before the API's parameters are read. */
  readonly caller?: (x: Exchange) => StepResult;
  /** With the parameters read: may it pass, where does it go. */
  readonly request?: (x: Exchange) => StepResult;
  /** When all of these let it pass: an answer in place of the call. */
  readonly ready?: (x: Exchange) => StepResult;
  /** Changes the mapped request, before the gateway adds its own headers. */
  readonly mapped?: (x: Exchange, out: Outgoing) => void;
  /** Around the call of a backend, never around a refusal of an earlier step. */
  readonly guard?: Guard;
  /** Sees what the call came to, a backend's answer or the gateway's own for it, and may put another in its place. */
  readonly response?: (x: Exchange, answer: Answer) => Answer | Promise<Answer>;
  /** Sees every answer of a request that found its API, refusals too, right before it leaves. */
  readonly every?: (x: Exchange, answer: Answer) => void;
  /** Last, over the request exactly as it leaves; nothing may change afterwards. */
  readonly sign?: (x: Exchange, out: Outgoing) => void;
  /** Over what the access log shows of a request and its answer. */
  readonly mask?: RecordMask;
  /** Where requests carry what it takes for proof: no log shows it. */
  readonly credentials?: readonly CredentialPlace[];
  /** True when `request` reads a urlencoded body. */
  readonly needsForm?: boolean;
  /** True when `request` reads values out of a JSON body. */
  readonly needsBody?: boolean;
  /** True when `sign` needs the digest of a body that is not a form: the body is then buffered first. */
  readonly needsBodyMd5?: boolean;
  /** True when the answer of a backend is another gateway's, whose error headers are passed on (wire contract 11.1). */
  readonly trustsErrors?: boolean;
}

export interface Guard {
  /** An answer in place of the call; it may put another backend into `x.backend`. */
  before(x: Exchange): Answer | undefined;
  /** Once for each `before` that let the call pass, with what it came to. */
  after(x: Exchange, answer: Answer): void;
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

/** A placeholder of the backend's path that a plugin fills, in place of what the API has for it. */
export interface PathParameter {
  readonly name: string;
  /** What tells it apart from another one's of the same name. */
  readonly key: string;
  /** Null: there is no value, and the call cannot be made. */
  value(x: Exchange): string | null;
}

/** What a plugin may use while it is compiled for one API in one stage. */
export interface CompileContext {
  readonly pluginId: string;
  readonly pluginName: string;
  readonly api: RouteFacts;
  /** The API's version that is deployed in the stage. */
  readonly version: string;
  /** The group's generated public domain. */
  readonly publicHost: string;
  /** Front-end names of the parameters that the API defines. */
  readonly apiParameters: readonly string[];
  /** Where the API takes a parameter from, by front-end name; null: it defines none. */
  parameterPlace(name: string): string | null;
  /** Names of the request path's placeholders, in order. */
  readonly pathPlaceholders: readonly string[];
  /** The API's own backend with an overlay, ready to call; a text says what is missing (I504RB). */
  backend(overlay: BackendOverlay): { readonly backend: unknown } | { readonly incomplete: string };
  /** A dataset of the account as it is now; null when there is none, or of another type. */
  dataset(id: string, type: DatasetType): Dataset | null;
  readonly services: PluginServices;
  now(): number;
  random(): number;
}

/** What a plugin may use to explain itself for one API. */
export type ExplainContext = Pick<CompileContext, 'apiParameters' | 'pathPlaceholders' | 'dataset' | 'random'>;

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
  /** Of a schema that is a union: the member that a configuration is meant as, so that complaints are about that one. */
  variant?(config: unknown): z.ZodType<Config>;
  /** Fields that hold secrets: each a path into the configuration. */
  readonly secretPaths: ReadonlyArray<readonly string[]>;
  /** The datasets that a configuration names, each with the type that it must have. */
  datasetsOf?(config: Config): readonly DatasetUse[];
  /**
   * The app of the plugin's account, by id or name, whose key pair a configuration means; null: none. A control plane puts the
   * fields `key` and `secret` in place of `app`: nothing that runs requests meets it.
   */
  appOf?(config: Config): string | null;
  /** A configuration as an owner would write it, in YAML. */
  readonly example: string;
  /** Complaints and doubts beyond the schema. */
  check?(config: Config): Findings;
  /** Doubts beyond those, each certain from the configuration alone. Looked for when it is written, never where requests run. */
  doubts?(config: Config): readonly Doubt[];
  /** What it does with requests, in plain words, a sentence each, in the order in which it does it; no secret stands in them. */
  describe?(config: Config): readonly string[];
  /** Where it may send requests, in the order in which it decides; absent: nowhere. */
  diversions?(config: Config): readonly Diversion[];
  /** Placeholders of the backend's path that it fills. */
  pathParameters?(config: Config): readonly PathParameter[];
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
