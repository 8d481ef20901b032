import { defineConfig } from 'vitest/config'

/** Apart from `npm test`, because the images must be built first: see scripts/test-images. */
export default defineConfig({
  test: {
    name: 'images',
    include: ['test/images/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
