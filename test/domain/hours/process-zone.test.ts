import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

const root = new URL('../../../', import.meta.url).pathname

it.each(['Pacific/Kiritimati', 'America/Los_Angeles'])(
  'O-01 O-02 O-03 O-04 O-06 hours agree with the oracle also when the process itself lives in %s',
  (zone) => {
    const runner = `${root}node_modules/vitest/vitest.mjs`
    const report = execFileSync(
      process.execPath,
      [runner, 'run', '--project', 'unit', '--reporter=json', 'test/domain/hours/oracle.test.ts'],
      { cwd: root, env: { ...process.env, TZ: zone }, encoding: 'utf8' },
    )
    const result = JSON.parse(report.slice(report.indexOf('{'))) as {
      success: boolean
      numPassedTests: number
    }
    expect(result.success).toBe(true)
    expect(result.numPassedTests).toBe(8)
  },
)
