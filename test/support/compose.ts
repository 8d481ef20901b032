import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { projectDirectory } from '../../src/project.js'

/** The part of the compose format that our file uses; anything else in it is refused, so that no key goes untested. */
const serviceSchema = z.strictObject({
  build: z.strictObject({ context: z.literal('.'), target: z.string() }),
  image: z.string(),
  network_mode: z.literal('host'),
  restart: z.literal('unless-stopped'),
  stop_grace_period: z.string().optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).prefault({}),
  environment: z.record(z.string(), z.coerce.string()),
  volumes: z.array(z.string()),
})
const composeSchema = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
})

export type Compose = z.output<typeof composeSchema>
export type ComposeService = Compose['services'][string]

export interface Mount {
  /** Name of a volume, or a path that begins with `.` */
  readonly from: string
  readonly to: string
  readonly readOnly: boolean
}

/** docker-compose.yml with `${NAME}`, `${NAME:-default}` and `${NAME:?complaint}` replaced as Docker does. */
export function readCompose(variables: Readonly<Record<string, string>>): Compose {
  const text = readFileSync(join(projectDirectory, 'docker-compose.yml'), 'utf8')
  return composeSchema.parse(parse(interpolate(text, variables)))
}

/** Every variable that the file lets one set from outside. */
export function composeVariables(): readonly string[] {
  const text = readFileSync(join(projectDirectory, 'docker-compose.yml'), 'utf8')
  return [...new Set([...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name))]
}

function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind: string | undefined, rest: string | undefined) => {
      const value = variables[name] ?? ''
      if (value !== '') return value
      if (kind === '?') throw new Error(`${name}: ${rest ?? ''}`)
      return rest ?? ''
    },
  )
}

export function mountsOf(service: ComposeService): readonly Mount[] {
  return service.volumes.map((volume) => {
    const [from = '', to = '', mode] = volume.split(':')
    return { from, to, readOnly: mode === 'ro' }
  })
}
