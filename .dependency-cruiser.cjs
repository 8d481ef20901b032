/**
 * Dependencies point inward: domain and runtime know nothing; ports know them; flows know ports; an adapter knows one
 * vendor and no other adapter; main.ts and the command line know all.
 */
const vendorsOfTheDomain = 'rrule|date-fns|date-fns-tz|zod|libphonenumber-js|date-holidays'
const adapters = '^src/adapters/([^/]+)/'

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      // Stories do lead back to earlier ones (a diversion rings the next person); types may name each other.
      from: { pathNot: '^src/flows/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-knows-only-itself',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: '^src/', pathNot: '^src/domain/' },
    },
    {
      name: 'domain-vendors-are-pure',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'], pathNot: `^node_modules/(${vendorsOfTheDomain})/` },
    },
    {
      name: 'runtime-knows-only-itself',
      severity: 'error',
      from: { path: '^src/runtime/' },
      // The names of units (milliseconds, instants) are types of the domain's first file.
      to: { path: '^src/', pathNot: '^src/(runtime/|domain/ids\\.ts$)' },
    },
    {
      name: 'runtime-has-no-vendors',
      severity: 'error',
      from: { path: '^src/runtime/' },
      to: { dependencyTypes: ['npm', 'npm-dev'] },
    },
    {
      name: 'ports-know-domain-and-runtime',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { path: '^src/', pathNot: '^src/(ports|domain|runtime)/' },
    },
    {
      name: 'flows-know-no-adapters',
      severity: 'error',
      from: { path: '^src/flows/' },
      to: { path: '^src/', pathNot: '^src/(flows|ports|domain|runtime)/' },
    },
    {
      name: 'flows-and-ports-have-no-vendors',
      severity: 'error',
      from: { path: '^src/(flows|ports)/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'], pathNot: '^node_modules/zod/' },
    },
    {
      name: 'adapters-know-no-flows-and-no-other-adapters',
      severity: 'error',
      from: { path: adapters },
      to: { path: '^src/', pathNot: '^src/(adapters/$1|ports|domain|runtime)/' },
    },
    {
      name: 'ari-client-only-in-its-adapter',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/ari/' },
      to: { path: '^node_modules/(ari-client|ws)/' },
    },
    {
      name: 'ioredis-only-in-its-adapter',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/redis/' },
      to: { path: '^node_modules/ioredis/' },
    },
    {
      name: 'launcher-stands-alone',
      severity: 'error',
      from: { path: '^src/launcher/' },
      to: { path: '^(src|node_modules)/', pathNot: '^src/(launcher/|(config|project|standby)\\.ts$)' },
    },
    {
      name: 'nobody-knows-main',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'no-missing-modules',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
