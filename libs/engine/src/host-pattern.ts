/** Patterns of wildcard domains, such as `{svc}.x.com`, whose names conditions read as `Host:svc`. */
// hot

/** A label of a pattern: text around at most one name. */
interface Label {
  readonly before: string;
  /** Null: `before` is the whole label. */
  readonly name: string | null;
  readonly after: string;
}

export type HostPattern = readonly Label[];

const LABEL = /^([a-z0-9-]*)\{([A-Za-z_][A-Za-z0-9_]{0,49})\}([a-z0-9-]*)$/;
const TEXT = /^[a-z0-9_-]+$/;

/** The pattern, or a text that says which rule it breaks. The text around names is lower case, as hosts are compared. */
export function parseHostPattern(pattern: string): HostPattern | string {
  const labels: Label[] = [];
  const names = new Set<string>();
  for (const text of pattern.split('.')) {
    const [, before = text, name = null, after = ''] = LABEL.exec(text) ?? [];
    if (name === null && !TEXT.test(text)) return `has a label "${text}" that is neither text nor text around one {name}`;
    if (name !== null && names.has(name)) return `names {${name}} twice`;
    if (name !== null) names.add(name);
    labels.push({ before, name, after });
  }
  return labels;
}

/** What the first pattern that fits captures, by name; null when none fits. No name of it is inherited. */
export function captureHost(patterns: readonly HostPattern[], host: string): Readonly<Record<string, string>> | null {
  const labels = host.split('.');
  for (const pattern of patterns) {
    const values = capture(pattern, labels);
    if (values !== null) return values;
  }
  return null;
}

function capture(pattern: HostPattern, labels: readonly string[]): Record<string, string> | null {
  if (pattern.length !== labels.length) return null;
  const values: Record<string, string> = Object.create(null);
  for (let i = 0; i < labels.length; i++) {
    const { before, name, after } = pattern[i]!;
    const label = labels[i]!;
    if (name === null) {
      if (label !== before) return null;
      continue;
    }
    if (label.length <= before.length + after.length || !label.startsWith(before) || !label.endsWith(after)) return null;
    values[name] = label.slice(before.length, label.length - after.length);
  }
  return values;
}
