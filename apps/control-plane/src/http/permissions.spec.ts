/** Every route says who may call it. */
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { AppModule } from '../app.module.js';
import type { Settings } from '../config.js';
import { ALLOW, Allow, Open, ROLES } from './allow.js';

interface Route {
  readonly name: string;
  readonly path: string;
  readonly method: RequestMethod;
  readonly permission: unknown;
}

const routes = controllersOf(AppModule.with({ databaseUrl: '', databasePool: 1 } as Settings)).flatMap(routesOf);

describe('every route', () => {
  it('declares a permission', () => {
    expect(routes.length).toBeGreaterThan(40);
    expect(routes.filter(({ permission }) => ![...ROLES, 'open'].includes(permission as never))).toEqual([]);
  });

  it('under /api/v1 asks for a token', () => {
    expect(routes.filter(({ path, permission }) => path.startsWith('api/') && permission === 'open')).toEqual([]);
  });

  it('that is no GET asks for more than a viewer, save those that store nothing', () => {
    const writes = routes.filter(({ path, method }) => path.startsWith('api/') && method !== RequestMethod.GET);
    const reading = writes.filter(({ permission }) => permission === 'viewer').map(({ name }) => name);
    expect(reading.sort()).toEqual(['ExplainController.explain', 'PluginsController.check']);
  });

  it('without a permission is found', () => {
    @Controller('x')
    class Careless {
      @Get()
      nobody(): void {}

      @Get('a')
      @Allow('viewer')
      viewers(): void {}
    }
    @Open()
    @Controller('y')
    class Public {
      @Get()
      anyone(): void {}
    }
    expect([...routesOf(Careless), ...routesOf(Public)].map(({ permission }) => permission)).toEqual([
      undefined,
      'viewer',
      'open',
    ]);
  });
});

function controllersOf(module: unknown, seen = new Set<unknown>()): Type[] {
  if (seen.has(module)) return [];
  seen.add(module);
  const dynamic = module as { module?: Type; imports?: unknown[]; controllers?: Type[] };
  const type = dynamic.module ?? (module as Type);
  const imports: unknown[] = [...(dynamic.imports ?? []), ...(Reflect.getMetadata(MODULE_METADATA.IMPORTS, type) ?? [])];
  const own: Type[] = [...(dynamic.controllers ?? []), ...(Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, type) ?? [])];
  return [...new Set([...own, ...imports.flatMap((each) => controllersOf(each, seen))])];
}

function routesOf(controller: Type): Route[] {
  const handlers = Object.getOwnPropertyNames(controller.prototype).map((name) => [name, controller.prototype[name]] as const);
  return handlers
    .filter(([name, handler]) => name !== 'constructor' && Reflect.hasMetadata(METHOD_METADATA, handler))
    .map(([name, handler]) => ({
      name: `${controller.name}.${name}`,
      path: `${Reflect.getMetadata(PATH_METADATA, controller)}/${Reflect.getMetadata(PATH_METADATA, handler)}`,
      method: Reflect.getMetadata(METHOD_METADATA, handler),
      permission: Reflect.getMetadata(ALLOW, handler) ?? Reflect.getMetadata(ALLOW, controller),
    }));
}
