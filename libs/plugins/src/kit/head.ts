/** The header section of a request, read once. */
// hot

export class Head {
  /** Name, value, name, value: spelled and ordered as on the wire; values hold one character per byte. */
  readonly raw: readonly string[];
  /** Lower-case names, in the order of `raw`. */
  readonly names: readonly string[];
  host: string | null;
  hosts: number;
  userAgent: string | null;
  accept: string | null;
  date: string | null;
  contentMd5: string | null;
  contentType: string | null;
  contentLength: string | null;
  transferEncoding: string | null;
  connection: string | null;
  upgrade: string | null;
  expect: string | null;
  forwardedFor: string | null;
  forwardedProto: string | null;
  key: string | null;
  signature: string | null;
  signatureHeaders: string | null;
  signatureMethod: string | null;
  timestamp: string | null;
  nonce: string | null;
  stage: string | null;
  appCode: string | null;
  hop: string | null;
  /** True when there is any `Via` line. */
  via: boolean;
  /** A header whose repetition makes a signed request ambiguous, and that came on several lines (wire contract 2.1 rule 6). */
  repeated: string | null;

  constructor(raw: readonly string[]) {
    const names = new Array<string>(raw.length >> 1);
    this.raw = raw;
    this.names = names;
    this.host = null;
    this.hosts = 0;
    this.userAgent = null;
    this.accept = null;
    this.date = null;
    this.contentMd5 = null;
    this.contentType = null;
    this.contentLength = null;
    this.transferEncoding = null;
    this.connection = null;
    this.upgrade = null;
    this.expect = null;
    this.forwardedFor = null;
    this.forwardedProto = null;
    this.key = null;
    this.signature = null;
    this.signatureHeaders = null;
    this.signatureMethod = null;
    this.timestamp = null;
    this.nonce = null;
    this.stage = null;
    this.appCode = null;
    this.hop = null;
    this.via = false;
    this.repeated = null;
    for (let i = 0, n = 0; i < raw.length; i += 2, n++) {
      const name = raw[i]!.toLowerCase();
      names[n] = name;
      this.note(name, raw[i + 1]!);
    }
  }

  /** The first value of a header, by its lower-case name. */
  get(name: string): string | null {
    const at = this.names.indexOf(name);
    return at < 0 ? null : this.raw[at * 2 + 1]!;
  }

  /** By length first: a name is compared with one or two others, not with all in turn. */
  private note(name: string, value: string): void {
    switch (name.length) {
      case 3:
        if (name === 'via') this.via = true;
        return;
      case 4:
        if (name === 'date') this.date = this.once(this.date, name, value);
        else if (name === 'host') {
          this.hosts++;
          this.host ??= value;
        }
        return;
      case 6:
        if (name === 'accept') this.accept ??= value;
        else if (name === 'expect') this.expect ??= value;
        return;
      case 7:
        if (name === 'upgrade') this.upgrade ??= value;
        return;
      case 8:
        if (name === 'x-ca-key') this.key = this.once(this.key, name, value);
        else if (name === 'x-ca-hop') this.hop ??= value;
        return;
      case 10:
        if (name === 'user-agent') this.userAgent ??= value;
        else if (name === 'x-ca-nonce') this.nonce = this.once(this.nonce, name, value);
        else if (name === 'connection') this.connection = joined(this.connection, value);
        else if (name === 'x-ca-stage') this.stage = this.once(this.stage, name, value);
        return;
      case 11:
        if (name === 'content-md5') this.contentMd5 = this.once(this.contentMd5, name, value);
        return;
      case 12:
        if (name === 'content-type') this.contentType = this.once(this.contentType, name, value);
        else if (name === 'x-ca-appcode') this.appCode = this.once(this.appCode, name, value);
        return;
      case 14:
        if (name === 'x-ca-timestamp') this.timestamp = this.once(this.timestamp, name, value);
        else if (name === 'x-ca-signature') this.signature = this.once(this.signature, name, value);
        else if (name === 'content-length') this.contentLength ??= value;
        return;
      case 15:
        if (name === 'x-forwarded-for') this.forwardedFor = joined(this.forwardedFor, value);
        return;
      case 17:
        if (name === 'x-forwarded-proto') this.forwardedProto ??= value;
        else if (name === 'transfer-encoding') this.transferEncoding = joined(this.transferEncoding, value);
        return;
      case 21:
        if (name === 'x-ca-signature-method') this.signatureMethod = this.once(this.signatureMethod, name, value);
        return;
      case 22:
        if (name === 'x-ca-signature-headers') this.signatureHeaders = this.once(this.signatureHeaders, name, value);
        return;
    }
  }

  private once(known: string | null, name: string, value: string): string {
    if (known === null) return value;
    this.repeated = name;
    return known;
  }
}

/** Several lines of a list are one list. */
function joined(known: string | null, value: string): string {
  return known === null ? value : `${known}, ${value}`;
}
