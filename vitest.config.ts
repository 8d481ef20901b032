import { defineConfig } from 'vitest/config'

/**
 * Three projects, from fast to real:
 * unit    pure rules, flows and crash harness on the fake exchange: no network at all
 * real    one adapter against its real counterpart (Redis, Asterisk, espeak, SMTP)
 * phones  Asterisk, Redis, Växel and SIP phones with sound, two files at a time
 * One project after the other: what is listened to must not compete with what only computes.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{domain,runtime,flows,crash,support,cli,launcher}/**/*.test.ts'],
          testTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/{contract,adapters}/**/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'phones',
          include: ['test/asterisk/**/*.test.ts'],
          // They mostly listen, in real time: two files at once take half the time and little more of the machine.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          // Sound in real time on a machine that others use too: what was lost on its way is listened to again, and the
          // last lines of `npm test` name each test that needed it.
          retry: 2,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
