/** Limits of fields in the reference, read from the rules that check them, so that the two cannot differ. */
import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { getMetadataStorage } from 'class-validator';
import type { Field, ReferenceSchema } from './fields.js';

/** Where @nestjs/swagger leaves what its decorators say; it does not export the names. */
const DECORATORS = {
  API_MODEL_PROPERTIES_ARRAY: 'swagger/apiModelPropertiesArray',
  API_MODEL_PROPERTIES: 'swagger/apiModelProperties',
  API_PARAMETERS: 'swagger/apiParameters',
};

interface Rule {
  readonly propertyName: string;
  readonly name?: string | undefined;
  readonly constraints?: readonly unknown[] | undefined;
  readonly each: boolean;
}

/** What a rule of class-validator, or of ours, says in JSON Schema. */
const MEANINGS: Record<string, (...constraints: never[]) => ReferenceSchema> = {
  maxLength: (maxLength: number) => ({ maxLength }),
  minLength: (minLength: number) => ({ minLength }),
  matches: (pattern: RegExp) => ({ pattern: pattern.source }),
  min: (minimum: number) => ({ minimum }),
  max: (maximum: number) => ({ maximum }),
  isInt: () => ({ type: 'integer' }),
  arrayMinSize: (minItems: number) => ({ minItems }),
  arrayMaxSize: (maxItems: number) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
  isIso8601: () => ({ format: 'date-time', maxLength: 40 }),
  isUtcTime: () => ({ maxLength: 40 }),
  isAppId: () => ({ pattern: '^[1-9][0-9]{0,15}$' }),
  // A DNS name has 253 characters at most, a port and brackets come on top.
  isDomain: () => ({ minLength: 1, maxLength: 253 }),
  isExactDomain: () => ({ minLength: 1, maxLength: 253 }),
  isTagKey: () => ({ minLength: 1, maxLength: 128 }),
  isTagText: () => ({ maxLength: 128 }),
  isHostName: () => ({ minLength: 1, maxLength: 253 }),
  isHostHeader: () => ({ minLength: 1, maxLength: 261 }),
  isAddress: () => ({ minLength: 1, maxLength: 253 }),
  isEndpoint: () => ({ minLength: 3, maxLength: 261 }),
  isUpstream: () => ({ minLength: 3, maxLength: 261 }),
};

export function addLimits(document: OpenAPIObject, app: INestApplication): void {
  const { schemas } = document.components ?? {};
  for (const [name, type] of classesOf(app)) {
    for (const rule of rulesOf(type))
      apply(rule, (schemas?.[name] as ReferenceSchema | undefined)?.properties?.[rule.propertyName]);
  }
  for (const { operationId, parameters } of Object.values(document.paths).flatMap((path) => Object.values(path) as Operation[])) {
    const rules = queriesOf(app).get(operationId) ?? [];
    for (const { name, in: place, schema } of parameters ?? [])
      if (place === 'query') for (const rule of rules) if (rule.propertyName === name) apply(rule, schema);
  }
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: { readonly name: string; readonly in: string; readonly schema: Field }[];
}

/** What the field says itself stands. */
function apply({ name, constraints = [], each }: Rule, field: Field | undefined): void {
  const meaning = MEANINGS[name ?? ''];
  if (field === undefined || meaning === undefined) return;
  const place = each ? field.items : field;
  if (place === undefined || '$ref' in place) return;
  const said = meaning(...(constraints as never[]));
  // A second pattern stands beside the first.
  if (said.pattern !== undefined && place.pattern !== undefined && place.pattern !== said.pattern)
    place.allOf = [...(place.allOf ?? []), said];
  else Object.assign(place, { ...said, ...place }, said.type === undefined ? {} : { type: said.type });
}

function rulesOf(type: Type): Rule[] {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false) as Rule[];
}

/** `operationId` -> rules of its query. */
function queriesOf(app: INestApplication): Map<string, Rule[]> {
  const queries = new Map<string, Rule[]>();
  for (const controller of controllersOf(app))
    for (const name of Object.getOwnPropertyNames(controller.prototype)) {
      const taken: Type[] = Reflect.getMetadata('design:paramtypes', controller.prototype, name) ?? [];
      queries.set(`${controller.name}_${name}`, taken.filter((each) => typeof each === 'function').flatMap(rulesOf));
    }
  return queries;
}

/** Schema name -> class, of all that handlers take or answer, and what these hold. */
function classesOf(app: INestApplication): Map<string, Type> {
  const found = new Map<string, Type>();
  const visit = (type: unknown): void => {
    const each = Array.isArray(type) ? type[0] : type;
    if (typeof each !== 'function' || found.get(each.name) === each) return;
    // A function without a name of a class is one that gives the class.
    if (each.prototype === undefined) {
      visit(each());
      return;
    }
    found.set(each.name, each as Type);
    for (const key of (Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES_ARRAY, each.prototype) ?? []) as string[])
      visit(Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES, each.prototype, key.slice(1))?.type);
  };
  for (const controller of controllersOf(app))
    for (const name of Object.getOwnPropertyNames(controller.prototype)) {
      const handler = controller.prototype[name];
      const parameters: { type?: unknown }[] = Reflect.getMetadata(DECORATORS.API_PARAMETERS, handler) ?? [];
      for (const type of Reflect.getMetadata('design:paramtypes', controller.prototype, name) ?? []) visit(type);
      for (const { type } of parameters) visit(type);
    }
  return found;
}

function controllersOf(app: INestApplication): Type[] {
  const modules = [...app.get(ModulesContainer).values()];
  return modules.flatMap(({ controllers }) =>
    [...controllers.values()].flatMap(({ metatype }) => (metatype === null ? [] : [metatype as Type])),
  );
}
