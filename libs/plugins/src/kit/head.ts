/** The header section of a request, read once. */
// hot

/** Header names whose repetition makes a signed request ambiguous (wire contract 2.1 rule 6). */
const SINGLE = new Set([
  'content-md5',
  'content-type',
  'date',
  'x-ca-key',
  'x-ca-signature',
  'x-ca-signature-headers',
  'x-ca-signature-method',
  'x-ca-timestamp',
  'x-ca-nonce',
  'x-ca-stage',
  'x-ca-appcode',
]);

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
  hop: string | null;
  /** True when there is any `Via` line. */
  via: boolean;
  /** A header of SINGLE that came on several lines. */
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
    this.hop = null;
    this.via = false;
    this.repeated = null;
    for (let i = 0, n = 0; i < raw.length; i += 2, n++) {
      const name = raw[i]!.toLowerCase();
      names[n] = name;
      this.note(name, raw[i + 1]!, n);
    }
  }

  /** The first value of a header, by its lower-case name. */
  get(name: string): string | null {
    const at = this.names.indexOf(name);
    return at < 0 ? null : this.raw[at * 2 + 1]!;
  }

  private note(name: string, value: string, index: number): void {
    switch (name) {
      case 'host':
        this.hosts++;
        this.host ??= value;
        return;
      case 'user-agent':
        this.userAgent ??= value;
        return;
      case 'accept':
        this.accept ??= value;
        return;
      case 'content-length':
        this.contentLength ??= value;
        return;
      case 'transfer-encoding':
        this.transferEncoding = this.transferEncoding === null ? value : `${this.transferEncoding}, ${value}`;
        return;
      case 'connection':
        this.connection = this.connection === null ? value : `${this.connection}, ${value}`;
        return;
      case 'upgrade':
        this.upgrade ??= value;
        return;
      case 'expect':
        this.expect ??= value;
        return;
      case 'via':
        this.via = true;
        return;
      case 'x-forwarded-for':
        this.forwardedFor = this.forwardedFor === null ? value : `${this.forwardedFor}, ${value}`;
        return;
      case 'x-forwarded-proto':
        this.forwardedProto ??= value;
        return;
      case 'x-ca-hop':
        this.hop ??= value;
        return;
      default:
        if (SINGLE.has(name)) this.noteSingle(name, value, index);
    }
  }

  private noteSingle(name: string, value: string, index: number): void {
    if (this.names.indexOf(name) < index) {
      this.repeated = name;
      return;
    }
    switch (name) {
      case 'content-md5':
        this.contentMd5 = value;
        return;
      case 'content-type':
        this.contentType = value;
        return;
      case 'date':
        this.date = value;
        return;
      case 'x-ca-key':
        this.key = value;
        return;
      case 'x-ca-signature':
        this.signature = value;
        return;
      case 'x-ca-signature-headers':
        this.signatureHeaders = value;
        return;
      case 'x-ca-signature-method':
        this.signatureMethod = value;
        return;
      case 'x-ca-timestamp':
        this.timestamp = value;
        return;
      case 'x-ca-nonce':
        this.nonce = value;
        return;
      case 'x-ca-stage':
        this.stage = value;
        return;
    }
  }
}
