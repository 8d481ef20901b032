import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

const root = new URL('../../../', import.meta.url).pathname

it.each(['Pacific/Kiritimati', 'America/Los_Angeles'])(
  'H-26 H-27 says the same when the process itself lives in %s',
  (zone) => {
    const runner = `${root}node_modules/vitest/vitest.mjs`
    const file = 'test/domain/speech/absence-sentence.test.ts'
    const report = execFileSync(
      process.execPath,
      [runner, 'run', '--project', 'unit', '--reporter=json', file],
      {
        cwd: root,
        env: { ...process.env, TZ: zone },
        encoding: 'utf8',
      },
    )
    const result = JSON.parse(report.slice(report.indexOf('{'))) as {
      success: boolean
      numPassedTests: number
    }
    expect(result.success).toBe(true)
    expect(result.numPassedTests).toBeGreaterThan(40)
  },
)
