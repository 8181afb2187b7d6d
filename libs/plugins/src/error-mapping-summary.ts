/** What an errorMapping configuration does, in plain words. */
import type { ErrorMappingConfig } from './error-mapping.js';
import type { AnswerFields } from './kit/answer-fields.js';
import { allOf, listed, onOneLine, shown } from './kit/words.js';

export function errorMappingSummary({ errorCondition, errorCode, mappings, defaultMapping }: ErrorMappingConfig): string[] {
  return [
    `An answer is an error where ${onOneLine(errorCondition)}; all others stay as they are.`,
    ...(mappings.length > 1 ? ['The first of these mappings that fits is taken.'] : []),
    ...mappings.map((mapping) => {
      const { code = '', condition } = mapping;
      const where = condition === undefined ? `$${errorCode} is '${shown(code)}'` : onOneLine(condition);
      return `An error where ${where} gets ${answerWords(mapping)}.`;
    }),
    `Any other error ${defaultMapping === undefined ? 'stays as it is' : `gets ${answerWords(defaultMapping)}`}.`,
  ];
}

function answerWords({ statusCode, errorMessage, responseHeaders = {}, responseBody }: AnswerFields): string {
  const headers = Object.keys(responseHeaders);
  const parts = [
    ...(errorMessage === undefined ? [] : [`the message '${shown(errorMessage)}'`]),
    ...(headers.length === 0 ? [] : [allOf('header', headers)]),
    ...(responseBody === undefined ? [] : ['a body of its own']),
  ];
  return listed([`the status ${statusCode}`, ...parts]);
}
