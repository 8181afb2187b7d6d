/** What a process counts, as whoever watches it reads it. */

/**
 * NaN while there is none: a process that starts has some of them later than others.
 * @param sample name and labels as in the text format: `causeway_config_snapshots_total{outcome="refused"}`
 */
export async function metric({ adminUrl }: { readonly adminUrl: string }, sample: string): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
  return Number(line?.slice(sample.length + 1));
}

export const REFUSED = 'causeway_config_snapshots_total{outcome="refused"}';
export const APPLIED = 'causeway_config_snapshots_total{outcome="applied"}';
export const LAG = 'causeway_config_lag_revisions';
export const AGE = 'causeway_config_age_seconds';
