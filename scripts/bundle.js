// Makes of the compiled programs a few files that Node loads in a fraction of the time; `npm run build` and scripts/setup run it after the
// compiler. Without it the programs run all the same, from dist/main.js and dist/cli/main.js as the compiler has left them.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const project = join(import.meta.dirname, '..')
const dist = join(project, 'dist')
const parts = join(dist, 'bundle')
const entry = 'virtual:programs'
/** By then an exchange has taken up calls, and compiled whatever the next start needs. */
const afterWork = "setTimeout(() => keepCompiled('worked'), 30_000).unref()\n"
const programs = [
  { name: 'main', source: 'src/main.ts', program: 'main.js', bundled: './bundled.js', more: afterWork },
  { name: 'cli', source: 'src/cli/main.ts', program: 'cli/main.js', bundled: '../bundled.js', more: '' },
]
const loaders = programs.map(
  ({ name, source }) => `export const ${name} = () => import(${JSON.stringify(join(project, source))})\n`,
)

const bundle = await rolldown({
  cwd: project,
  input: entry,
  platform: 'node',
  tsconfig: join(project, 'tsconfig.json'),
  plugins: [
    {
      name: 'programs',
      resolveId: (id) => (id === entry ? id : null),
      load: (id) => (id === entry ? loaders.join('') : null),
    },
    {
      name: 'no maps of libraries',
      transform: {
        filter: { id: /node_modules/ },
        handler: (code) => ({ code, map: { mappings: '' } }),
      },
    },
  ],
})
const { output } = await bundle.generate({
  // No ES modules: what ari-client reads Asterisk's descriptions with does not run in strict mode. Our own code does.
  dir: parts,
  format: 'cjs',
  banner: ({ name }) => (name === 'sources' ? "'use strict'" : ''),
  entryFileNames: 'programs.cjs',
  // With its hash in the name no part is ever taken for another of the same length, which is all that V8 looks at.
  chunkFileNames: '[name]-[hash].cjs',
  // A module runs when it is asked for, not when its part of the bundle is loaded.
  strictExecutionOrder: true,
  codeSplitting: {
    groups: [
      { name: 'libraries', test: /node_modules/ },
      { name: 'sources', test: /[/]src[/]/ },
    ],
  },
  sourcemap: true,
  sourcemapExcludeSources: true,
})

/** Read as bytes, without decoding: faster, and half the memory. */
function inAscii(code) {
  if (/\\[^\0-\x7f]/.test(code)) throw new Error('a backslash before a letter that is not ASCII')
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

rmSync(parts, { recursive: true, force: true })
mkdirSync(parts)
for (const file of output) {
  if (file.type === 'chunk') writeFileSync(join(parts, file.fileName), inAscii(file.code))
  else if (/^sources-.*\.map$/.test(file.fileName)) writeFileSync(join(parts, file.fileName), file.source)
}
for (const { name, program, bundled, more } of programs) {
  writeFileSync(
    join(dist, program),
    `import { keepCompiled, runBundled } from '${bundled}'\n\nawait runBundled('${name}')\n${more}`,
  )
  rmSync(join(dist, `${program}.map`), { force: true })
}

// What V8 compiles while both programs are loaded is kept. Without settings the exchange ends at once, with a complaint.
const keep = `
  const { keepCompiled, runBundled } = await import(${JSON.stringify(join(dist, 'bundled.js'))})
  await runBundled('cli')
  process.on('exit', () => {
    keepCompiled('loaded')
    process.exitCode = 0
  })
  await runBundled('main')`
execFileSync(process.execPath, ['--input-type=module', '--eval', keep, '--', 'vaxel', '--help'], {
  env: {},
  stdio: 'ignore',
})
