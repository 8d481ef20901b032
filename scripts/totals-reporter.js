/**
 * Vitest reporter: prints `N passed, M failed` over all projects as the last line. A file that cannot be loaded, a hook
 * that fails and an error outside of any test count as failed too; skipped and pending tests as failed, since
 * nothing may be skipped here.
 */
export default class TotalsReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    let passed = 0
    let failed = unhandled.length
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      const good = tests.filter((test) => test.result().state === 'passed').length
      passed += good
      failed += tests.length - good
      if (module.state() === 'failed' && good === tests.length) failed += 1
      else failed += brokenSuites(module)
    }
    for (const line of modules.flatMap(triedAgain)) process.stdout.write(`${line}\n`)
    const nothingRan = passed + failed === 0
    if (failed > 0 || nothingRan) process.exitCode = 1
    // After the other reporters have printed their summaries.
    process.once('exit', () => {
      process.stdout.write(`\n${passed} passed, ${failed + (nothingRan ? 1 : 0)} failed\n`)
    })
  }
}

/**
 * Tests that passed, but not at the first try, with what had failed: each is a fault of the product, of the test or of the machine.
 * @param {import('vitest/node').TestModule} module
 */
function triedAgain(module) {
  return [...module.children.allTests('passed')]
    .filter((test) => (test.diagnostic()?.retryCount ?? 0) > 0)
    .flatMap((test) => [
      `Passed only when tried again: ${module.relativeModuleId} > ${test.fullName}`,
      ...(test.result().errors ?? []).map(({ message, stack }) => `  ${message}\n  ${placeOf(stack)}`),
    ])
}

/** @param {string | undefined} stack */
function placeOf(stack) {
  return (/\(?(\S*test\/\S+:\d+):\d+\)?/.exec(stack ?? '')?.[1] ?? '').replace(/^.*(?=test\/)/, '')
}

/**
 * Suites whose tests all passed and that failed all the same, in a hook after them.
 * @param {import('vitest/node').TestModule} module
 */
function brokenSuites(module) {
  return [...module.children.allSuites()].filter(
    (suite) =>
      suite.errors().length > 0 &&
      [...suite.children.allTests()].every((test) => test.result().state === 'passed'),
  ).length
}
