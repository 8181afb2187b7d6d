/** Reads a time as clients write it: ISO 8601 in UTC or RFC 1123 (management model 2.8). */
import { ValidateBy } from 'class-validator';

const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?Z$/;
const RFC_1123 =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/** Null where it is neither form, or no day and time of the calendar: `Date` alone would take February 30 for March 2. */
export function readUtcTime(text: string): Date | null {
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [, minute = '', second = ':00', fraction = ''] = iso;
    const exact = `${minute}${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
    return onCalendar(exact, (time) => time.toISOString() === exact);
  }
  return RFC_1123.test(text) ? onCalendar(text, (time) => time.toUTCString() === text) : null;
}

export function IsUtcTime(): PropertyDecorator {
  const defaultMessage = () =>
    'must be a time in UTC, such as 2099-01-01T00:00:00Z (ISO 8601) or Thu, 01 Jan 2099 00:00:00 GMT (RFC 1123)';
  const validate = (value: unknown) => typeof value === 'string' && readUtcTime(value) !== null;
  return ValidateBy({ name: 'isUtcTime', validator: { validate, defaultMessage } });
}

function onCalendar(text: string, isSame: (time: Date) => boolean): Date | null {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && isSame(time) ? time : null;
}
