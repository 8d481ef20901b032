import { z } from 'zod'
import {
  companyIdSchema,
  deviceNameSchema,
  extensionSchema,
  personIdSchema,
} from '../../domain/directory/company.js'
import type { ParkWish } from '../../domain/parking/places.js'
import type { ParkedPlace, ParkFrom } from '../../ports/operations.js'
import { Refused } from './problems.js'
import { route } from './route.js'
import { companyParams, time } from './shapes.js'

const placeParams = z.strictObject({ company: companyIdSchema, place: extensionSchema })

const parkedSchema = z.strictObject({
  place: z.string().meta({ description: 'The extension on which the call is parked' }),
  state: z.enum(['parked', 'recalling', 'alternate']).meta({
    description: 'Waiting; ringing the one who parked it; ringing somebody else',
  }),
  party: z.strictObject({ name: z.string().optional(), number: z.string() }),
  parkedBy: z.string(),
  group: z.string().optional(),
  since: z.iso.datetime(),
  until: z.iso.datetime().meta({ description: 'When the present state ends' }),
})
export const listSchema = z.strictObject({ parked: z.array(parkedSchema) })

const parkSchema = z
  .strictObject({
    device: deviceNameSchema.optional(),
    person: personIdSchema.optional(),
    place: extensionSchema.optional(),
    group: z
      .string()
      .regex(/^[0-9]{0,6}$/, 'the number of a group; empty for the only one')
      .optional(),
  })
  .refine(({ device, person }) => (device === undefined) !== (person === undefined), {
    error: 'name the device or the person whose call is to be parked, one of the two',
  })
  .refine(({ place, group }) => place === undefined || group === undefined, {
    error: 'name a place or a group, not both',
  })
  .meta({
    description:
      'Whose call is parked (the latest held one, else the present one), and where: on the extension `place`, in the group with the number `group`, or with neither on the own extension.',
  })

export const listOf = (places: readonly ParkedPlace[]) => ({
  parked: places.map((each) => ({ ...each, since: time(each.since), until: time(each.until) })),
})

function wishOf({ place, group }: z.output<typeof parkSchema>): ParkWish {
  if (place !== undefined) return { kind: 'extension', extension: place }
  if (group !== undefined) return { kind: 'group', number: group === '' ? undefined : group }
  return { kind: 'own' }
}

/** Whose call it is about. */
export function fromOf({ device, person }: Pick<z.output<typeof parkSchema>, 'device' | 'person'>): ParkFrom {
  if (device !== undefined) return { kind: 'device', device }
  if (person !== undefined) return { kind: 'person', person }
  throw new Refused('badRequest')
}

export const listParked = route({
  method: 'GET',
  path: '/companies/{company}/parked',
  id: 'listParked',
  summary: 'The parked calls of a company, longest parked first',
  params: companyParams,
  answer: { status: 200, description: 'The parked calls', type: 'application/json', schema: listSchema },
  problems: [],
  handle: async ({ company, operations }) => ({ body: listOf(await operations.list(company)) }),
})

export const parkCall = route({
  method: 'POST',
  path: '/companies/{company}/parked',
  id: 'parkCall',
  summary: 'Park a call',
  params: companyParams,
  body: parkSchema,
  answer: {
    status: 201,
    description: 'The call is parked',
    type: 'application/json',
    schema: z.strictObject({ place: z.string() }),
  },
  problems: [
    ...(['noSuchPerson', 'noSuchDevice', 'noSuchPlace', 'noSuchGroup', 'whichGroup', 'notAllowed'] as const),
    ...(['occupied', 'groupFull', 'notParkable', 'nothingToPark', 'threeParty', 'ended'] as const),
  ],
  handle: async ({ company, body, operations }) => {
    const end = await operations.park(company, fromOf(body), wishOf(body))
    if ('refused' in end) throw new Refused(end.refused)
    return { body: { place: end.parkedOn } }
  },
})

export const fetchCall = route({
  method: 'POST',
  path: '/companies/{company}/parked/{place}/fetch',
  id: 'fetchCall',
  summary: 'Fetch a parked call to a telephone',
  params: placeParams,
  body: z.strictObject({ device: deviceNameSchema }),
  answer: {
    status: 202,
    description: 'The telephone is being called',
    type: 'application/json',
    schema: z.strictObject({ place: z.string(), device: z.string() }),
  },
  problems: ['nothing', 'taken', 'ended', 'notAllowed', 'notReachable', 'noSuchDevice'],
  handle: async ({ company, params: { place }, body: { device }, operations }) => {
    const end = await operations.fetch(company, place, device)
    if (end !== 'fetching') throw new Refused(end.refused)
    return { body: { place, device } }
  },
})
