/** The management API as a story uses it: calls by method and path, and the few steps that every story takes. */

export interface Management {
  /** Where it is, and the token that it is asked with: for programs that ask by themselves. */
  readonly url: string;
  readonly token: string;
  /** `call` is a method and a path under `/api/v1`; a refusal is an error that carries the whole answer. */
  call<T = Answer>(call: string, body?: unknown): Promise<T>;
  /** The same, with headers of its own; whatever the answer is, it is handed back. */
  ask(call: string, body?: unknown, headers?: Record<string, string>): Promise<Told>;
  /** The id of the instance with this name. */
  instanceId(name: string): Promise<string>;
  /** Creates an API from its definition and deploys it to RELEASE on every live node. */
  publish(groupId: string, definition: Record<string, unknown>): Promise<string>;
  /** Creates a plugin and binds it to APIs in RELEASE. */
  bind(type: string, config: string | object, apiIds: string[]): Promise<string>;
}

export interface Answer {
  readonly id: string;
  readonly [field: string]: unknown;
}

export interface Told {
  readonly status: number;
  /** As text: JSON, or nothing. */
  readonly text: string;
}

/** An API that keeps a caller waiting for longer has hung. */
const NO_ANSWER_MS = 60_000;

export function createManagement(url: string, token: string): Management {
  const ask: Management['ask'] = async (name, body, headers = {}) => {
    const [method = '', path = ''] = name.split(' ');
    const response = await fetch(`${url}/api/v1${path}`, {
      signal: AbortSignal.timeout(NO_ANSWER_MS),
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  };
  const call = async <T>(name: string, body?: unknown): Promise<T> => {
    const { status, text } = await ask(name, body);
    if (status >= 300) throw new Error(`${name}: ${status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  };
  let plugins = 0;
  return {
    url,
    token,
    ask,
    call,
    async instanceId(name) {
      const { items } = await call<{ items: Array<{ id: string; name: string }> }>('GET /instances?limit=200');
      return items.find((instance) => instance.name === name)?.id ?? '';
    },
    async publish(groupId, definition) {
      const { id } = await call<Answer>(`POST /groups/${groupId}/apis`, definition);
      await call(`POST /apis/${id}/deployments?wait=applied`, { stage: 'RELEASE' });
      return id;
    },
    async bind(type, config, apiIds) {
      plugins += 1;
      const { id } = await call<Answer>('POST /plugins', { name: `${type}_${plugins}`, type, config });
      await call(`POST /plugins/${id}/bindings?wait=applied`, { apiIds, stage: 'RELEASE' });
      return id;
    },
  };
}
