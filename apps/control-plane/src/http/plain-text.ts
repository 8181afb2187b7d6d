/** Text for people: line breaks and tabs, but no other control characters, which the database or a terminal would choke on. */

export const PLAIN_TEXT = /^(?:[\t\n\r]|[^\p{Cc}\p{Cs}])*$/u;

export const PLAIN_TEXT_RULE = 'must hold no control characters';
