import { createHash } from 'node:crypto'
import type { LampState, Lamps, Provisioner } from '../../ports/provisioner.js'
import type { AriConnection } from './connection.js'
import { command } from './refusals.js'

/**
 * Asterisk cannot change an object that has a `set_var`, and adds to lists instead of replacing them. So what is there is removed
 * first; and what is there unchanged is left alone, so that a start of ours disturbs no phone. A global variable keeps what each
 * object was made of: both are forgotten together when Asterisk restarts.
 */
export function provisioner(connection: AriConnection): Provisioner {
  const printOf = async (type: string, id: string): Promise<string> => {
    const known = await command(connection, 'asterisk.getGlobalVar', { variable: madeVariable(type, id) })
    return (known.body as { readonly value?: string }).value ?? ''
  }
  return {
    put: async ({ module, type, id, fields }) => {
      const parameters = { configClass: module, objectType: type, id }
      const print = createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 16)
      if ((await printOf(type, id)) === print) return
      await command(connection, 'asterisk.deleteObject', parameters, undefined, { accept: [404] })
      await command(connection, 'asterisk.updateObject', parameters, { fields })
      await command(connection, 'asterisk.setGlobalVar', { variable: madeVariable(type, id), value: print })
    },
    remove: async ({ module, type, id }) => {
      const parameters = { configClass: module, objectType: type, id }
      await command(connection, 'asterisk.deleteObject', parameters, undefined, { accept: [404] })
      await command(connection, 'asterisk.setGlobalVar', { variable: madeVariable(type, id), value: '' })
    },
    list: async () => {
      const answer = await command(connection, 'endpoints.listByTech', { tech: 'PJSIP' }, undefined, {
        accept: [404],
      })
      if (answer.status === 404) return []
      const names = (answer.body as readonly { readonly resource: string }[]).map(({ resource }) => resource)
      const made = await Promise.all(names.map((name) => printOf('endpoint', name)))
      return names.filter((_, index) => made[index] !== '')
    },
    setGlobal: async (variable, value) => {
      await command(connection, 'asterisk.setGlobalVar', { variable, value })
    },
  }
}

const madeVariable = (type: string, id: string): string => `VAXEL_MADE_${type}_${id}`

const prefix = 'Stasis:'

const deviceStates: Readonly<Record<LampState, string>> = {
  off: 'NOT_INUSE',
  busy: 'INUSE',
  ringing: 'RINGING',
  held: 'ONHOLD',
  unavailable: 'UNAVAILABLE',
}

export function lamps(connection: AriConnection): Lamps {
  return {
    set: async (name, state) => {
      const parameters = { deviceName: `${prefix}${name}`, deviceState: deviceStates[state] }
      await command(connection, 'deviceStates.update', parameters)
    },
    list: async () => {
      const answer = await command(connection, 'deviceStates.list', {})
      return (answer.body as readonly { readonly name: string }[]).map(({ name }) => name.replace(prefix, ''))
    },
    remove: async (name) => {
      await command(connection, 'deviceStates.delete', { deviceName: `${prefix}${name}` }, undefined, {
        accept: [404],
      })
    },
  }
}
