import { describe, expect, it } from 'vitest'
import { ConfigurationWrong, readCommandConfig, readConfig } from '../../src/config.js'

const needed = {
  VAXEL_ARI_URL: 'http://127.0.0.1:8088/',
  VAXEL_ARI_USER: 'vaxel',
  VAXEL_ARI_PASSWORD: 'mycket hemligt',
  VAXEL_SOUNDS_DIR: '/srv/sounds',
  VAXEL_SOUNDS_PATH: '/sounds',
  VAXEL_RECORDINGS_DIR: '/srv/recording',
  VAXEL_OWN_DIR: '/srv/own',
}
function problems(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment)
    return []
  } catch (cause) {
    if (!(cause instanceof ConfigurationWrong)) throw cause
    return cause.problems
  }
}

describe('the settings', () => {
  it('fill in what is not set, and take an empty value as not set', () => {
    expect(readConfig({ ...needed, VAXEL_NODE: '', VAXEL_MAIL_URL: '' })).toEqual({
      ari: { url: 'http://127.0.0.1:8088', user: 'vaxel', password: 'mycket hemligt', app: 'vaxel' },
      redisUrl: 'redis://127.0.0.1:6390',
      sounds: { directory: '/srv/sounds', path: '/sounds' },
      recordingsDirectory: '/srv/recording',
      ownDirectory: '/srv/own',
      http: { host: '127.0.0.1', port: 8090 },
      logLevel: 'info',
      mail: { url: undefined, directory: undefined, from: 'vaxel@localhost.localdomain' },
      companies: [],
      node: 'a',
      voiceCommand: undefined,
      clockOffset: 0,
    })
  })
  it('take seconds by which the clock is ahead or behind, and no word for them', () => {
    expect(readConfig({ ...needed, VAXEL_CLOCK_OFFSET: '-90' }).clockOffset).toBe(-90_000)
    expect(() => readConfig({ ...needed, VAXEL_CLOCK_OFFSET: 'soon' })).toThrow('VAXEL_CLOCK_OFFSET is wrong')
  })
  it('take a list of company files', () => {
    expect(readConfig({ ...needed, VAXEL_COMPANIES: 'a.yaml, b.yaml,' }).companies).toEqual([
      'a.yaml',
      'b.yaml',
    ])
  })
  it('name everything that is missing or wrong at once, without its value', () => {
    const found = problems({
      VAXEL_ARI_URL: 'ws://x',
      VAXEL_ARI_USER: 'vaxel',
      VAXEL_HTTP_PORT: '70000',
      VAXEL_LOG_LEVEL: 'loud',
      VAXEL_REDIS_URL: 'hemligt',
      VAXEL_SOUNDS_DIR: '/srv/sounds',
      VAXEL_SOUNDS_PATH: '/sounds',
    })
    expect(found.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'VAXEL_ARI_URL is wrong:',
      'VAXEL_ARI_PASSWORD is not',
      'VAXEL_REDIS_URL is wrong:',
      'VAXEL_RECORDINGS_DIR is not',
      'VAXEL_OWN_DIR is not',
      'VAXEL_HTTP_PORT is wrong:',
      'VAXEL_LOG_LEVEL is wrong:',
    ])
    expect(found.join()).not.toMatch(/hemligt|loud|70000/)
  })
  it('let the command line work without those of Asterisk', () => {
    expect(readCommandConfig({}).redisUrl).toBe('redis://127.0.0.1:6390')
    expect(() => readCommandConfig({ VAXEL_REDIS_URL: 'x' })).toThrow(/VAXEL_REDIS_URL is wrong/)
  })
})
