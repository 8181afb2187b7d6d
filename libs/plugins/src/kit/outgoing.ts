/** The request as it leaves for the backend, built step by step. */
// hot

const NONE: readonly string[] = [];

export class Outgoing {
  method: string;
  /** Path on the wire, without the query. */
  path: string;
  /** Raw text after `?`; empty when there is none. */
  query: string;
  /** Name, value, name, value, without `Host`. */
  headers: string[];
  /** Value of `Host`. */
  host: string;
  contentType: string | null;
  contentMd5: string | null;
  accept: string | null;
  date: string | null;
  /** How the body leaves: not at all, as it came, or rebuilt from form parameters. */
  body: 'none' | 'as-received' | 'rebuilt';
  /** The form text, when the body is urlencoded and was read. */
  form: string | null;
  /** Lower-case names, each once, of headers that carry mapped, constant or system parameters, or a routing constant. */
  signedHeaders: readonly string[];
  /** How many entries of `headers` there were before it was signed: a second attempt signs anew from there. */
  unsigned: number;

  constructor(method: string, path: string, query: string, host: string) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = [];
    this.host = host;
    this.contentType = null;
    this.contentMd5 = null;
    this.accept = null;
    this.date = null;
    this.body = 'none';
    this.form = null;
    this.signedHeaders = NONE;
    this.unsigned = 0;
  }

  /** Path and query as they stand in the request line. */
  get target(): string {
    return this.query === '' ? this.path : `${this.path}?${this.query}`;
  }

  add(name: string, value: string): void {
    this.headers.push(name, value);
  }

  /** Notes a header that carries a parameter or a constant; lower-case name. */
  coverBySignature(name: string): void {
    if (!this.signedHeaders.includes(name)) this.signedHeaders = [...this.signedHeaders, name];
  }

  /** Sets a header that replaces a client's of the same name (wire contract 5.2 row 8). */
  set(name: string, value: string): void {
    this.remove(name);
    this.headers.push(name, value);
    switch (name.toLowerCase()) {
      case 'accept':
        this.accept = value;
        return;
      case 'content-md5':
        this.contentMd5 = value;
        return;
      case 'content-type':
        this.contentType = value;
        return;
      case 'date':
        this.date = value;
        return;
    }
  }

  /** Takes a header away as if it had never been there: nothing signs it, nor a value of it. */
  unset(name: string): void {
    const lower = name.toLowerCase();
    this.remove(lower);
    if (this.signedHeaders.includes(lower)) this.signedHeaders = this.signedHeaders.filter((signed) => signed !== lower);
    switch (lower) {
      case 'accept':
        this.accept = null;
        return;
      case 'content-md5':
        this.contentMd5 = null;
        return;
      case 'content-type':
        this.contentType = null;
        return;
      case 'date':
        this.date = null;
        return;
    }
  }

  remove(name: string): void {
    const lower = name.toLowerCase();
    const headers = this.headers;
    let kept = 0;
    for (let i = 0; i < headers.length; i += 2) {
      if (headers[i]!.toLowerCase() === lower) continue;
      headers[kept++] = headers[i]!;
      headers[kept++] = headers[i + 1]!;
    }
    headers.length = kept;
  }

  /** The value of a header, by its lower-case name. */
  get(name: string): string | null {
    const headers = this.headers;
    for (let i = 0; i < headers.length; i += 2) if (headers[i]!.toLowerCase() === name) return headers[i + 1]!;
    return null;
  }
}
