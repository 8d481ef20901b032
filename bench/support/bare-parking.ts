/**
 * What Växel's fetching is measured against beside res_parking: the least program that parks and fetches by ARI. It knows one place, asks
 * for nothing but what has to be, claims nothing, keeps nothing and survives nothing: what it takes is what Asterisk takes.
 *
 * usage: bare-parking ARI_URL USER PASSWORD APP
 */
import { WebSocket } from 'ws'

const [url = '', user = '', password = '', app = ''] = process.argv.slice(2)
const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const socket = new WebSocket(`${url.replace('http', 'ws')}/ari/events?app=${app}`, {
  headers: { authorization },
  perMessageDeflate: false,
})
let count = 0
const ask = (method: string, uri: string): void => {
  const id = String(++count)
  socket.send(JSON.stringify({ type: 'RESTRequest', transaction_id: id, request_id: id, method, uri }))
}

let parked: string | undefined
/** Who talks with whom. */
const partners = new Map<string, string>()

function begin(channel: string, errand: string | undefined): void {
  if (errand === 'park') {
    parked = channel
    ask('POST', `bridges?bridgeId=${app}-place&type=holding`)
    ask('POST', `bridges/${app}-place/addChannel?channel=${channel}&role=holding_participant`)
    return
  }
  if (parked === undefined) {
    ask('DELETE', `channels/${channel}`)
    return
  }
  const talk = `${app}-${channel}`
  ask('POST', `bridges?bridgeId=${talk}&type=mixing,dtmf_events`)
  ask('POST', `bridges/${talk}/addChannel?channel=${parked},${channel}&inhibitConnectedLineUpdates=true`)
  ask('POST', `channels/${channel}/answer`)
  partners.set(channel, parked).set(parked, channel)
  parked = undefined
}

function end(channel: string): void {
  if (channel === parked) parked = undefined
  const partner = partners.get(channel)
  partners.delete(channel)
  if (partner === undefined || !partners.has(partner)) return
  ask('DELETE', `channels/${partner}`)
  for (const one of [channel, partner]) ask('DELETE', `bridges/${app}-${one}`)
}

socket.on('open', () => {
  void fetch(`${url}/ari/applications/${app}/eventFilter`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      allowed: ['RESTResponse', 'StasisStart', 'StasisEnd'].map((type) => ({ type })),
    }),
  }).then((response) => {
    if (!response.ok) throw new Error(`the filter was refused: ${String(response.status)}`)
    process.stdout.write('ready\n')
  })
})

socket.on('message', (data: Buffer) => {
  const { type, channel, args } = JSON.parse(data.toString('utf8')) as {
    readonly type: string
    readonly channel?: { readonly id: string }
    readonly args?: readonly string[]
  }
  if (channel === undefined) return
  if (type === 'StasisStart') begin(channel.id, args?.[0])
  if (type === 'StasisEnd') end(channel.id)
})
