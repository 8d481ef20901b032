import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { briefEvent } from '../../../src/adapters/ari/brief.js'

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  // What would pass for a part of the event if it were not escaped.
  fc.constantFrom('"state":"Up"', '},"cause":1', '"tech_cause":480', '"channelvars":{', 'x\\', '"}', '{}'),
)

/** A channel as Asterisk 22 writes it, with what people outside may choose. */
const channel = fc.record(
  {
    id: fc.stringMatching(/^[0-9]{1,10}\.[0-9]{1,6}$/),
    name: fc.stringMatching(/^PJSIP\/[a-z-]{1,20}-[0-9a-f]{8}$/),
    state: fc.constantFrom('Down', 'Ring', 'Ringing', 'Up', 'Busy'),
    protocol_id: anyText,
    caller: fc.record({ name: anyText, number: anyText }),
    connected: fc.record({ name: anyText, number: anyText }),
    accountcode: anyText,
    dialplan: fc.record({ context: fc.constant('from-trunk'), exten: anyText, priority: fc.constant(1) }),
    channelvars: fc.record({ VAXEL_CREATED: fc.constant('1') }),
    creationtime: fc.constant('2026-11-21T23:58:05.367+0000'),
    language: fc.constant('sv'),
  },
  {
    requiredKeys: [
      'id',
      'name',
      'state',
      'protocol_id',
      'caller',
      'connected',
      'accountcode',
      'dialplan',
      'creationtime',
      'language',
    ],
  },
)
const written = (type: string, content: object): string =>
  JSON.stringify({
    type,
    timestamp: '2026-11-21T23:58:05.375+0000',
    ...content,
    asterisk_id: '02:fc:00:00:00:01',
    application: 'vaxel',
  })

describe('events of which little is used', () => {
  it('are read as if they were read whole, whatever callers call themselves', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('StasisEnd', 'ChannelStateChange'),
        channel,
        (type, { channelvars, ...one }) => {
          expect(briefEvent(written(type, { channel: one }))).toEqual({
            type,
            channel: { id: one.id, state: one.state },
          })
          // A leg of ours is read whole.
          const own = written(type, { channel: { ...one, channelvars: channelvars ?? {} } })
          expect(briefEvent(own)).toBeUndefined()
        },
      ),
      { numRuns: 10_000 },
    )
  })

  it('are read with why somebody hung up, where Asterisk says so', () => {
    const causes = fc.record({ cause: fc.nat(127), tech_cause: fc.nat(699) }, { requiredKeys: [] })
    fc.assert(
      fc.property(channel, causes, ({ channelvars: _own, ...one }, why) => {
        expect(briefEvent(written('ChannelHangupRequest', { channel: one, ...why }))).toEqual({
          type: 'ChannelHangupRequest',
          channel: { id: one.id, state: one.state },
          ...why,
        })
      }),
      { numRuns: 10_000 },
    )
  })

  it('tell of a new leg all that is used of it', () => {
    const arrival = fc.record({
      args: fc.array(fc.oneof(fc.constantFrom('trunk', 'ours', 'transfer'), anyText), { maxLength: 3 }),
      channel: channel.map(({ channelvars: _own, dialplan, ...one }) => ({
        id: one.id,
        name: one.name,
        state: one.state,
        protocol_id: one.protocol_id,
        caller: one.caller,
        connected: one.connected,
        accountcode: one.accountcode,
        dialplan: { ...dialplan, app_name: 'Stasis', app_data: 'vaxel,trunk' },
        creationtime: one.creationtime,
        language: one.language,
      })),
    })
    let brief = 0
    fc.assert(
      fc.property(arrival, ({ args, channel: whole }) => {
        const found = briefEvent(written('StasisStart', { args, channel: whole }))
        // With a backslash, or a bracket among the arguments, it is read whole.
        if (found === undefined) {
          expect(JSON.stringify([args, whole]).includes('\\') || /[[\]]/.test(args.join(''))).toBe(true)
          return
        }
        brief += 1
        const { id, name, state, caller, connected, creationtime } = whole
        const { context, exten } = whole.dialplan
        const used = { id, name, state, caller, connected, dialplan: { context, exten }, creationtime }
        expect(found).toEqual({ type: 'StasisStart', args, channel: used })
      }),
      { numRuns: 10_000 },
    )
    expect(brief).toBeGreaterThan(100)
  })

  it('tell of a new leg only if it has no notes and takes the place of nobody', () => {
    const plain = {
      id: '1.0',
      name: 'PJSIP/anna-00000001',
      state: 'Ring',
      protocol_id: 'x',
      caller: { name: 'Åsa', number: '101' },
      connected: { name: '', number: '' },
      accountcode: '',
      dialplan: { context: 'phones', exten: '*23', priority: 2, app_name: 'Stasis', app_data: 'vaxel' },
      creationtime: '2026-11-21T23:58:05.367+0000',
      language: 'sv',
    }
    expect(briefEvent(written('StasisStart', { args: [], channel: plain }))).toMatchObject({
      channel: { caller: { name: 'Åsa', number: '101' }, dialplan: { context: 'phones', exten: '*23' } },
    })
    const noted = { ...plain, channelvars: { VAXEL_NOTE_call: '1.0' } }
    expect(briefEvent(written('StasisStart', { args: [], channel: noted }))).toBeUndefined()
    const taking = { args: [], channel: plain, replace_channel: plain }
    expect(briefEvent(written('StasisStart', taking))).toBeUndefined()
  })

  it('tell which sound ended and how', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('done', 'failed'), (media, state) => {
        const playback = {
          id: '1.0~0',
          media_uri: `sound:${media}`,
          target_uri: 'channel:1.0',
          language: 'sv',
          state,
        }
        const brief = briefEvent(written('PlaybackFinished', { playback }))
        // Braces in the name of a file: read whole.
        if (/[{}]/.test(media)) expect(brief).toBeUndefined()
        else expect(brief).toEqual({ type: 'PlaybackFinished', playback: { id: '1.0~0', state } })
      }),
      { numRuns: 10_000 },
    )
  })

  it.each([
    [
      'another event',
      written('ChannelDestroyed', { channel: { id: '1.0', name: 'PJSIP/a-1', state: 'Up' } }),
    ],
    ['another order', JSON.stringify({ channel: { id: '1.0', state: 'Up' }, type: 'StasisEnd' })],
    [
      'half of a message',
      '{"type":"StasisEnd","timestamp":"2026-11-21T23:58:05.375+0000","channel":{"id":"1',
    ],
    ['nothing', ''],
  ])('are left to be read whole: %s', (_, text) => {
    expect(briefEvent(text)).toBeUndefined()
  })
})
