/** Calls the management API and turns a refusal into an error that a person can read. */
/** `call` is a method and a path under `/api/v1`, such as `POST /groups`. */
export type ManagementClient = <T = Record<string, unknown>>(call: string, body?: unknown) => Promise<T>;

export class ManagementError extends Error {
  override readonly name = 'ManagementError';

  constructor(
    call: string,
    readonly status: number,
    readonly answer: string,
  ) {
    super(`${call} was answered with ${status}: ${answer}`);
  }
}

export function createManagementClient(baseUrl: string, token: string): ManagementClient {
  return async <T>(call: string, body?: unknown): Promise<T> => {
    const [method = 'GET', path = '/'] = call.split(' ');
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw new ManagementError(call, response.status, text);
    return (text === '' ? {} : JSON.parse(text)) as T;
  };
}
