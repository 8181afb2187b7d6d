/** The questions that the benchmark answers, one table or line each. */

export const SECTION_TITLES = {
  main: 'Main job (route, sign, call by internal domain, verify, forward), logs off',
  logs: 'Main job, one JSON line per hop to /dev/null',
  plain: 'Plain proxying, anonymous, logs off',
  signed: 'Signed call, verified and forwarded, logs off',
  auth: 'What verifying costs: a signed call against an anonymous one of the same shape, logs off',
  size: 'What many APIs cost: anonymous calls spread over all APIs, logs off',
  plugins: 'What plugins cost: anonymous calls of APIs with one each, logs off',
  condition: 'A condition of 512 characters, in process',
  tokens: 'JSON Web Tokens that are new, in process',
  limits: 'A limit that data planes keep together, through Redis',
  bodies: 'Big bodies through an internal call in process: memory of the data plane',
  manage: 'Managing a large account, on a real Postgres',
  distribution: 'From an edit to traffic: data planes that follow a control plane through a Redis',
} as const;

export type Section = keyof typeof SECTION_TITLES;
