/** Mappings that no error gets, and what else is certain of an errorMapping configuration. */
import type { ErrorMappingConfig } from './error-mapping.js';
import { type ReadCondition, rangesIn, readCondition, unusedParameters } from './kit/condition-doubts.js';
import type { Doubt } from './kit/plugin.js';
import { namesInTemplate } from './kit/template.js';

export function errorMappingDoubts(config: ErrorMappingConfig): Doubt[] {
  const { parameters, errorCondition, errorCode, mappings, defaultMapping } = config;
  const ranges = rangesIn(parameters, 'response');
  const isError = readCondition(errorCondition, 'errorCondition', ranges);
  const read = mappings.map(({ condition }, n) =>
    condition === undefined ? null : readCondition(condition, `mappings[${n}].condition`, ranges),
  );
  const conditions = [isError, ...read.filter((each) => each !== null)];
  const doubts = conditions.flatMap((each) => each.doubts);
  if (isError.constant === false) doubts.push({ path: 'errorCondition', code: 'never-holds', message: 'no answer is an error' });
  doubts.push(...unreached(config, isError, read));
  if (errorCode !== undefined && mappings.every(({ code }) => code === undefined))
    doubts.push({ path: 'errorCode', code: 'no-effect', message: 'no mapping has a code' });
  const written = [...mappings, ...(defaultMapping === undefined ? [] : [defaultMapping])];
  const texts = written.flatMap(({ errorMessage, responseBody }) => [errorMessage, responseBody].flatMap(namesInTemplate));
  const variables = conditions.flatMap((each) => each.variables);
  return [...doubts, ...unusedParameters(parameters, [...variables, ...texts, ...(errorCode === undefined ? [] : [errorCode])])];
}

function unreached(
  { mappings, defaultMapping }: ErrorMappingConfig,
  isError: ReadCondition,
  read: ReadonlyArray<ReadCondition | null>,
): Doubt[] {
  const doubts: Doubt[] = [];
  const asked = new Map<string, number>();
  let taker: number | null = null;
  for (const [n, { code }] of mappings.entries()) {
    const condition = read[n] ?? null;
    const asks = condition === null ? `code ${code}` : condition.key;
    const earlier = asks === null ? undefined : asked.get(asks);
    if (taker !== null) doubts.push(never(`mappings[${n}]`, `mappings[${taker}] fits every error that comes so far`));
    else if (earlier !== undefined) doubts.push(never(`mappings[${n}]`, `mappings[${earlier}] fits all that it fits`));
    else if (condition?.constant === false)
      doubts.push({ path: `mappings[${n}].condition`, code: 'never-holds', message: 'holds for no answer' });
    // What made the answer an error still holds.
    const isSame = condition !== null && condition.key !== null && condition.key === isError.key;
    if (condition?.constant === true || isSame) taker ??= n;
    if (asks !== null && earlier === undefined) asked.set(asks, n);
  }
  if (taker !== null && defaultMapping !== undefined) doubts.push(never('defaultMapping', `mappings[${taker}] fits every error`));
  return doubts;
}

function never(path: string, message: string): Doubt {
  return { path, code: 'never-reached', message };
}
