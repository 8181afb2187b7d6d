/** The content is authentic and cannot be used: asking again would not help. */
export class UnusableSnapshot extends Error {}
