import { script } from '../client.js'

/**
 * Removes the applied company and its secrets, and tells the feed.
 * KEYS  1 company  2 secrets
 * ARGV  1 feed channel  2 feed message
 * Returns nothing.
 * Atomic, because passwords of a company that is gone must not stay behind.
 */
export const removeCompany = script(`
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('PUBLISH', ARGV[1], ARGV[2])
`)
