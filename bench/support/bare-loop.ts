/**
 * What Växel is measured against: the least program that speaks an absence. It knows one flow by heart, and for every
 * call issues the same operations as Växel does, with the same files. It routes nothing, keeps nothing and survives nothing.
 *
 * usage: bare-loop ARI_URL USER PASSWORD APP MEDIA     MEDIA: the sentence, separated by commas
 */
import { WebSocket } from 'ws'

const [url = '', user = '', password = '', app = '', media = ''] = process.argv.slice(2)
const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const phones = `${app}-phones`
const address = `${url.replace('http', 'ws')}/ari/events?app=${app},${phones}`
const socket = new WebSocket(address, { headers: { authorization }, perMessageDeflate: false })
let count = 0

const ask = (method: string, uri: string): void => {
  const id = String(++count)
  socket.send(JSON.stringify({ type: 'RESTRequest', transaction_id: id, request_id: id, method, uri }))
}

/** The events Växel asks for. */
const wanted = [
  'RESTResponse',
  'ApplicationReplaced',
  'StasisStart',
  'StasisEnd',
  'ChannelStateChange',
  'ChannelHold',
  'ChannelUnhold',
  'ChannelHangupRequest',
  'ChannelDestroyed',
  'ChannelDtmfReceived',
  'ChannelEnteredBridge',
  'ChannelLeftBridge',
  'Dial',
  'PlaybackFinished',
  'RecordingStarted',
  'RecordingFinished',
  'RecordingFailed',
]

const filter = async (name: string, types: readonly string[]): Promise<void> => {
  const response = await fetch(`${url}/ari/applications/${name}/eventFilter`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ allowed: types.map((type) => ({ type })) }),
  })
  if (!response.ok) throw new Error(`the filter was refused: ${String(response.status)}`)
}

socket.on('open', () => {
  const filters = [
    filter(app, wanted),
    filter(phones, ['RESTResponse', 'ApplicationReplaced', 'PeerStatusChange']),
  ]
  void Promise.all(filters).then(() => {
    ask('POST', `applications/${phones}/subscription?eventSource=endpoint:`)
    process.stdout.write('ready\n')
  })
})

socket.on('message', (data: Buffer) => {
  const message = JSON.parse(data.toString('utf8')) as {
    readonly type: string
    readonly channel?: { readonly id: string }
  }
  const channel = message.channel?.id
  if (message.type !== 'StasisStart' || channel === undefined) return
  ask('POST', `channels/${channel}/answer`)
  ask('POST', `channels/${channel}/play?playbackId=${channel}-voice&media=${media}`)
})
