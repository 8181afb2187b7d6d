/** Names of what only people read: accounts and tokens. */

/** 1 to 64 printable characters, no blank at either end. */
export const DISPLAY_NAME = /^(?! )[^\p{C}\p{Zl}\p{Zp}]{1,64}(?<! )$/u;

export const DISPLAY_NAME_RULE = 'must be 1 to 64 printable characters, without a blank at either end';
