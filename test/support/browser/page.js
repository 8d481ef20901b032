/* global JsSIP, Audio, AudioContext, MediaStream, btoa, navigator, window */
/**
 * A telephone in a web page, as a company would write it with JsSIP. browser-phone.ts steers it by `window.phone`. It plays a tone
 * instead of a voice, and keeps what it hears as samples of a telephone (8000 a second).
 */
const context = new AudioContext({ sampleRate: 8000 })
const calls = []
let agent
let voice

async function open({ socket, uri, password, tone }) {
  // As any telephone in a page does. Without the microphone a page may use no addresses but that of the default route.
  await navigator.mediaDevices.getUserMedia({ audio: true })
  const oscillator = context.createOscillator()
  const level = context.createGain()
  const out = context.createMediaStreamDestination()
  oscillator.frequency.value = tone
  level.gain.value = 0.4
  oscillator.connect(level).connect(out)
  oscillator.start()
  voice = out.stream
  agent = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(socket)], uri, password })
  agent.on('newRTCSession', ({ originator, session }) => {
    if (originator === 'remote') follow(session)
  })
  const registered = new Promise((resolve, reject) => {
    agent.on('registered', () => resolve())
    agent.on('registrationFailed', ({ cause }) => reject(new Error(`not registered: ${cause}`)))
  })
  agent.start()
  return registered
}

function follow(session) {
  const call = { session, state: 'ringing', heard: [], from: session.remote_identity.uri.user }
  calls.push(call)
  session.on('confirmed', () => (call.state = 'talking'))
  session.on('ended', ({ cause }) => (call.state = `ended: ${cause}`))
  session.on('failed', ({ cause }) => (call.state = `failed: ${cause}`))
  session.on('peerconnection', ({ peerconnection }) => listen(call, peerconnection))
  if (session.connection) listen(call, session.connection)
  return calls.length - 1
}

function listen(call, connection) {
  connection.addEventListener('track', ({ track }) => {
    const stream = new MediaStream([track])
    // Chromium gives a remote stream to the audio graph only while an element plays it too.
    const element = new Audio()
    element.muted = true
    element.srcObject = stream
    void element.play()
    const ear = context.createScriptProcessor(1024, 1, 1)
    ear.onaudioprocess = ({ inputBuffer }) => call.heard.push(...inputBuffer.getChannelData(0))
    context.createMediaStreamSource(stream).connect(ear)
    ear.connect(context.destination)
    call.kept = { element, ear }
  })
}

const media = () => ({ mediaStream: voice, mediaConstraints: { audio: true, video: false } })

/** What was heard from now on for `ms`, as base64 of 16 bit samples. */
async function hear(index, ms) {
  const { heard } = calls[index]
  const from = heard.length
  while (heard.length < from + ms * 8) await new Promise((resolve) => setTimeout(resolve, 20))
  const samples = Int16Array.from(heard.slice(from, from + ms * 8), (value) => Math.round(value * 32767))
  return btoa(String.fromCharCode(...new Uint8Array(samples.buffer)))
}

/** What the browser itself counts. */
async function statistics(index) {
  const reports = [...(await calls[index].session.connection.getStats()).values()]
  const of = (type) => reports.find((report) => report.type === type)
  const named = (id) => reports.find((report) => report.id === id)
  return {
    sent: of('outbound-rtp')?.packetsSent ?? 0,
    received: of('inbound-rtp')?.packetsReceived ?? 0,
    codec: named(of('inbound-rtp')?.codecId)?.mimeType ?? '',
    encryption: of('transport')?.dtlsState ?? '',
    cipher: of('transport')?.srtpCipher ?? '',
  }
}

window.phone = {
  open,
  dial: (uri) => follow(agent.call(uri, media())),
  calls: () => calls.map(({ state, from }) => ({ state, from })),
  accept: (index) => calls[index].session.answer(media()),
  hangup: (index) => calls[index].session.terminate(),
  hangupAll: () => agent.terminateSessions(),
  key: (index, digits) => calls[index].session.sendDTMF(digits, { transportType: 'RFC2833' }),
  hear,
  statistics,
}
