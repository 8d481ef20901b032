import type { LampState, Lamps, Provisioner } from '../../ports/provisioner.js'
import type { AriConnection } from './connection.js'
import { command } from './refusals.js'

export function provisioner(connection: AriConnection): Provisioner {
  return {
    put: async ({ module, type, id, fields }) => {
      await command(
        connection,
        'asterisk.updateObject',
        { configClass: module, objectType: type, id },
        { fields },
      )
    },
    remove: async ({ module, type, id }) => {
      const parameters = { configClass: module, objectType: type, id }
      await command(connection, 'asterisk.deleteObject', parameters, undefined, { accept: [404] })
    },
    list: async () => {
      const answer = await command(connection, 'endpoints.listByTech', { tech: 'PJSIP' }, undefined, {
        accept: [404],
      })
      if (answer.status === 404) return []
      return (answer.body as readonly { readonly resource: string }[]).map((endpoint) => endpoint.resource)
    },
    setGlobal: async (variable, value) => {
      await command(connection, 'asterisk.setGlobalVar', { variable, value })
    },
  }
}

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
