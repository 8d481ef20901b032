import { describe, expect, it } from 'vitest'
import { readSettings } from '../../src/launcher/settings.js'

describe('what npm start is asked to do', () => {
  it('has a value for everything', () => {
    expect(readSettings([], {})).toMatchObject({
      sipAddress: '127.0.0.1',
      lan: false,
      httpPort: 8090,
      rtpPorts: { first: 10_000, last: 10_999 },
      standby: true,
    })
    expect(readSettings(['--help'], {})).toBe('help')
  })

  it.each<readonly [readonly string[], Readonly<Record<string, string>>, string]>([
    [['--company', 'company/finns-inte.yaml'], {}, 'finns-inte.yaml does not exist'],
    [['--company', 'Andersson, Co.yaml'], {}, 'may hold no comma'],
    [['--lan', '0.0.0.0'], {}, 'give the IPv4 address'],
    [['--lan', '127.0.0.1'], {}, 'give the IPv4 address'],
    [['--loud'], {}, '--loud'],
    [[], { VAXEL_HTTP_PORT: '0' }, 'VAXEL_HTTP_PORT=0 is not a port'],
    [[], { VAXEL_SIP_PORT: '5060.5' }, 'VAXEL_SIP_PORT=5060.5 is not a port'],
    [[], { VAXEL_RTP_PORTS: '10999-10000' }, 'is not a usable range'],
    [[], { VAXEL_RTP_PORTS: '80-90' }, 'is not a usable range'],
    [[], { VAXEL_STANDBY: 'on' }, 'neither yes nor no'],
  ])('%j with %j is refused', (words, environment, message) => {
    expect(() => readSettings(words, environment)).toThrow(message)
  })
})
