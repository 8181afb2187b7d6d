/** The fields by which a plugin lets its owner write an answer: status, message, headers, body. */
// hot
import type { CompileContext, Needs, ValueSource } from '@causeway/condition';
import { z } from 'zod';
import { type Answer, headerText } from './answer.js';
import { replaceBody, setHeaders, setStatus } from './change-answer.js';
import { allNeeds, NO_NEEDS } from './condition-fields.js';
import { wireText } from './encode.js';
import { FieldText, OwnHeaderName, text, whole } from './fields.js';
import { HeaderNames } from './header-names.js';
import { compileTemplate, type Template } from './template.js';

const MAX_HEADERS = 64;

export const StatusCode = whole(200, 599);

/** All but the status, whose default is the plugin's. */
export const answerFields = {
  errorMessage: text(4096).optional().describe('value of X-Ca-Error-Message; `${name}` stands for a variable'),
  responseHeaders: z
    .record(OwnHeaderName, FieldText)
    .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, `must name at most ${MAX_HEADERS} headers`)
    .optional()
    .describe('name: value; each replaces a header of its name'),
  responseBody: text(51_200)
    .optional()
    .describe('replaces the body; `${name}` stands for a variable. Plain text unless `responseHeaders` names a Content-Type'),
};

export interface AnswerFields {
  readonly statusCode: number;
  readonly errorMessage?: string | undefined;
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
  readonly responseBody?: string | undefined;
}

export interface WrittenAnswer {
  /** What must have been read before it is written. */
  readonly needs: Needs;
  /** Makes an answer what the fields say; what they leave out stays. */
  writeOver(answer: Answer, source: ValueSource): void;
}

export function compileAnswerFields(fields: AnswerFields, context: CompileContext): WrittenAnswer {
  const { statusCode, errorMessage, responseHeaders = {}, responseBody } = fields;
  const message = errorMessage === undefined ? null : compileTemplate(errorMessage, context);
  const body = responseBody === undefined ? null : compileTemplate(responseBody, context);
  const names = new HeaderNames(Object.keys(responseHeaders));
  const pairs = Object.entries(responseHeaders).flatMap(([name, value]) => [name, wireText(value)]);
  const messageOf = message === null ? null : filler(message, headerText);
  const bodyOf = body === null ? null : filler(body, (filled) => Buffer.from(filled, 'utf8'));
  return {
    needs: allNeeds([message?.needs ?? NO_NEEDS, body?.needs ?? NO_NEEDS]),
    writeOver(answer, source) {
      // Before anything is changed: the values are those of the answer as it came.
      const told = messageOf === null ? null : messageOf(source);
      const written = bodyOf === null ? null : bodyOf(source);
      setStatus(answer, statusCode);
      if (told !== null) answer.errorMessage = told;
      if (written !== null) replaceBody(answer, written);
      setHeaders(answer.headers, pairs, names);
    },
  };
}

/** What always comes to the same is made once. */
function filler<T>(template: Template, make: (filled: string) => T): (source: ValueSource) => T {
  if (template.constant === null) return (source) => make(template.fill(source));
  const made = make(template.constant);
  return () => made;
}
