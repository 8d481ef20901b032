import tseslint from 'typescript-eslint'

/** Time, chance and the process reach the rules only through what is injected, so that tests can hold them. */
const ambient = {
  'no-restricted-globals': [
    'error',
    ...['process', 'setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
      name,
      message:
        'Only src/runtime, src/main.ts, src/cli and src/launcher may; elsewhere take it as an argument.',
    })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Take a clock as an argument.' },
    { object: 'Math', property: 'random', message: 'Take the source of chance as an argument.' },
    { object: 'performance', property: 'now', message: 'Take a clock as an argument.' },
    { object: 'AbortSignal', property: 'timeout', message: 'Take a clock as an argument.' },
    {
      object: 'AbortSignal',
      property: 'any',
      message: 'Keeps every dependant on a long-lived signal; use Scope.',
    },
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: 'Take a clock as an argument.',
    },
    { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
    { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' },
  ],
  'no-restricted-imports': [
    'error',
    {
      paths: [
        { name: 'node:process', message: 'Only src/runtime, src/main.ts, src/cli and src/launcher may.' },
        { name: 'node:timers', message: 'Take a clock as an argument.' },
        { name: 'node:timers/promises', message: 'Take a clock as an argument.' },
      ],
    },
  ],
}

export default tseslint.config(
  { ignores: ['dist/', 'dist-tools/', 'var/', 'coverage/', 'node_modules/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      // Environment variables and records are read by name; tsc asks for brackets where that matters.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `async` methods of an interface need not wait for anything, for example in memory.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/runtime/**', 'src/main.ts', 'src/cli/**', 'src/launcher/**'],
    rules: ambient,
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'demo/**/*.ts'],
    rules: {
      // Tests say what must be there; a wrong guess fails the test.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
)
