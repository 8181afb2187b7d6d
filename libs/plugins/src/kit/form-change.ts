/** Changes the urlencoded body that leaves for the backend. */
// hot
import { FORM_TYPE, isForm } from '@causeway/contract';
import type { Exchange } from './exchange.js';
import type { Outgoing } from './outgoing.js';

/** A form as text, without which the body is none that can be changed: of another type, compressed, or not sent. */
export function formOf(x: Exchange, out: Outgoing): string | null {
  if (out.form === null || out.body === 'none') return null;
  if (out.body === 'rebuilt') return out.form;
  const encoding = x.head.get('content-encoding');
  if (encoding !== null && encoding.trim().toLowerCase() !== 'identity') return null;
  // A client may send its text unencoded; one that is made anew is ASCII.
  return out.form.replace(/[^\u0000-\u007f]+/g, encodeURIComponent);
}

/** Sends another form: what spoke of the bytes that came goes with them. */
export function rebuildForm(out: Outgoing, form: string): void {
  out.form = form;
  if (out.body === 'rebuilt') return;
  out.body = 'rebuilt';
  out.unset('content-md5');
  out.unset('content-encoding');
  if (isForm(out.contentType)) out.set('Content-Type', FORM_TYPE);
}
