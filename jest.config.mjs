// Three kinds of suites, told apart by their suffix: see README.md, "Tests".
const shared = {
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['causeway-source', 'node', 'node-addons'] },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['/dist/', '/.nx/'],
};

// Once per run, and only where a suite of these projects runs.
const stores = {
  globalSetup: '<rootDir>/libs/test-stores/jest/start-stores.mjs',
  globalTeardown: '<rootDir>/libs/test-stores/jest/stop-stores.mjs',
};

export default {
  testTimeout: 30_000,
  // Suites wait for databases and processes more than they compute: one worker less than cores leaves cores idle.
  maxWorkers: '100%',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{libs,apps}/**/src/**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.db\\.spec\\.ts$'],
    },
    { ...shared, ...stores, displayName: 'db', testMatch: ['<rootDir>/{libs,apps}/**/src/**/*.db.spec.ts'] },
    { ...shared, ...stores, displayName: 'e2e', testMatch: ['<rootDir>/apps/e2e/src/**/*.e2e.ts'] },
  ],
};
