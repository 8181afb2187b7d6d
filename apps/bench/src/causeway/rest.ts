/** Calls the management REST API. */

export interface Management {
  url: string;
  token: string;
}

/** @throws on every status but 2xx, with the problem as text */
export async function call<T>({ url, token }: Management, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
