import type { CompanyId, PersonId } from '../../domain/ids.js'
import type { Logger } from '../../ports/log.js'
import type { MessageStore, VoiceMessage } from '../../ports/stores.js'
import type { Client } from './client.js'
import { encodeChange } from './feed.js'
import { keys } from './keys.js'
import { decode, encode, readable, voiceMessageSchema } from './records.js'
import { addMessage } from './scripts/add-message.js'
import { removeMessage } from './scripts/remove-message.js'
import { replaceMessage } from './scripts/replace-message.js'

export function messageStore(client: Client, log: Logger): MessageStore {
  const news = (company: CompanyId, person: PersonId): readonly [string, string] => [
    keys.feed,
    encodeChange({ kind: 'messages', company, person }),
  ]
  return {
    add: async (company, message) => {
      await client.script(
        addMessage,
        [keys.messages(company, message.person)],
        [message.recording, encode(message), ...news(company, message.person)],
      )
    },
    list: async (company, person) => {
      const key = keys.messages(company, person)
      const texts = await client.run(key, (redis) => redis.hvals(key))
      return [...readable(log, texts, (text) => decode(voiceMessageSchema, key, text))].sort(newestFirst)
    },
    markHeard: async (company, person, recording) => {
      const key = keys.messages(company, person)
      const text = await client.run(key, (redis) => redis.hget(key, recording))
      if (text === null) return
      const message = decode(voiceMessageSchema, key, text)
      if (message.heard) return
      // Nothing else changes a message but its removal, so one that is not the same any more needs no mark.
      const heard = encode({ ...message, heard: true })
      await client.script(replaceMessage, [key], [recording, text, heard, ...news(company, person)])
    },
    remove: async (company, person, recording) => {
      await client.script(
        removeMessage,
        [keys.messages(company, person)],
        [recording, ...news(company, person)],
      )
    },
  }
}

const newestFirst = (a: VoiceMessage, b: VoiceMessage): number =>
  b.at - a.at || (a.recording < b.recording ? 1 : -1)
