/** An owner at work, for specs: calls with one token, and what most of them begin with. */
import { randomBytes } from 'node:crypto';
import type { Test } from 'supertest';
import type { TestApp } from './test-app.js';

export interface Owner {
  /** `call` is a method and a path under `/api/v1`. */
  send(call: string, body?: unknown): Test;
  /** The id of a new group. */
  group(): Promise<string>;
  /** The id of a new API; `definition` lies over one that answers GET on a path of its own. */
  api(groupId: string, definition?: object): Promise<string>;
  /** The id of a new app. */
  app(body?: object): Promise<string>;
  /** Deploys the draft to RELEASE, or what `body` says. */
  deploy(apiId: string, body?: object): Promise<Deployed>;
}

export interface Deployed {
  readonly stage: string;
  readonly version: string;
  readonly deployedAt: string;
  readonly revision: number;
  readonly warnings?: readonly object[];
}

export function ownerOf({ http }: TestApp, authorization: string): Owner {
  const send = (call: string, body?: unknown): Test => {
    const [method, path] = call.split(' ') as [string, string];
    const request = http[method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete'](`/api/v1${path}`);
    return (body === undefined ? request : request.send(body as object)).set('Authorization', authorization);
  };
  const create = async (call: string, body: object): Promise<string> => {
    const { body: made } = await send(call, body).expect(201);
    return (made as { id: string }).id;
  };
  return {
    send,
    group: () => create('POST /groups', { name: newName() }),
    api: (groupId, definition = {}) => create(`POST /groups/${groupId}/apis`, { ...definitionOf(newName()), ...definition }),
    app: (body = {}) => create('POST /apps', { name: newName(), ...body }),
    async deploy(apiId, body = { stage: 'RELEASE' }) {
      const answer = await send(`POST /apis/${apiId}/deployments`, body).expect(201);
      return answer.body as Deployed;
    },
  };
}

export function definitionOf(name: string) {
  return {
    name,
    request: { method: 'GET', path: `/${name}` },
    backend: { type: 'HTTP', address: 'http://backend.example:8080', path: `/${name}`, method: 'GET' },
  };
}

/** Good for groups, APIs and apps. */
export function newName(): string {
  return `n${randomBytes(6).toString('hex')}`;
}
