import { execFile, spawn, type ChildProcess } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
} from 'node:fs'
import { chown } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { projectDirectory } from '../../src/project.js'
import { mountsOf, readCompose, type ComposeService } from './compose.js'

const run = promisify(execFile)

/** What an image says about how it is started; buildah spells it as Docker does. */
const imageSchema = z.object({
  Docker: z.object({
    config: z.object({
      User: z.string(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
    }),
  }),
})
type ImageConfig = z.output<typeof imageSchema>['Docker']['config']

/** The services of docker-compose.yml as containers of buildah, on the loopback of this machine. */
export interface Containers {
  /** Where the volumes are, by their names in docker-compose.yml. */
  readonly volumes: string
  imageOf(service: string): Promise<ImageConfig>
  /** Starts a service as the compose file and its image say, and waits until its health check succeeds. */
  start(service: string): Promise<void>
  kill(service: string): Promise<void>
  /** Runs a command in the container of a service, as `docker compose exec` does. */
  exec(service: string, words: readonly string[]): Promise<string>
  logs(): string
  stop(): Promise<void>
}

interface Container {
  readonly name: string
  readonly child: ChildProcess
  readonly ended: Promise<void>
}

/** The user of the images; a new volume belongs to it, as Docker takes over the owner of the directory in the image. */
const user = 64_088

/** Where scripts/test-images keeps the images: words before each command of buildah. */
function storage(): readonly string[] {
  const words = process.env['VAXEL_IMAGE_STORAGE']
  if (words === undefined) throw new Error('the images are not there: run npm run test:images')
  return words.split(' ')
}

export async function openContainers(variables: Readonly<Record<string, string>>): Promise<Containers> {
  const compose = readCompose(variables)
  const buildah = async (...words: readonly string[]): Promise<string> =>
    (await run('buildah', [...storage(), ...words], { maxBuffer: 64 * 1024 * 1024 })).stdout
  const directory = mkdtempSync(join(tmpdir(), 'vaxel-images-'))
  const volumes = join(directory, 'volumes')
  for (const name of Object.keys(compose.volumes)) {
    mkdirSync(join(volumes, name), { recursive: true })
    await chown(join(volumes, name), user, user)
  }
  const running = new Map<string, Container>()

  const serviceOf = (name: string): ComposeService => {
    const service = compose.services[name]
    if (service === undefined) throw new Error(`there is no service ${name}`)
    return service
  }
  const imageOf = async (name: string): Promise<ImageConfig> =>
    imageSchema.parse(JSON.parse(await buildah('inspect', '--type', 'image', serviceOf(name).image))).Docker
      .config

  /** The words of `buildah run` for this service, up to the command. */
  const runWords = (name: string, container: string): readonly string[] => [
    ...storage(),
    'run',
    ...Object.entries(serviceOf(name).environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...mountsOf(serviceOf(name)).flatMap(({ from, to, readOnly }) => [
      '--volume',
      `${from.startsWith('.') ? join(projectDirectory, from) : join(volumes, from)}:${to}:${readOnly ? 'ro' : 'rw'}`,
    ]),
    container,
    '--',
  ]
  const exec = async (name: string, words: readonly string[]): Promise<string> => {
    const container = running.get(name)
    if (container === undefined) throw new Error(`${name} does not run`)
    return (await run('buildah', [...runWords(name, container.name), ...words])).stdout
  }
  const healthy = async (name: string): Promise<boolean> => {
    const [kind, ...words] = (await imageOf(name)).Healthcheck.Test
    return exec(name, kind === 'CMD-SHELL' ? ['sh', '-c', ...words] : words).then(
      () => true,
      () => false,
    )
  }
  const end = async (name: string, signal: NodeJS.Signals): Promise<void> => {
    const container = running.get(name)
    if (container === undefined) return
    await endTree(container, signal)
    running.delete(name)
    await buildah('rm', container.name)
  }

  return {
    volumes,
    imageOf,
    exec,
    start: async (name) => {
      const image = await imageOf(name)
      const container = (await buildah('from', '--pull-never', serviceOf(name).image)).trim()
      const log = openSync(join(directory, `${name}.log`), 'a')
      const command = [...(image.Entrypoint ?? []), ...(image.Cmd ?? [])]
      const child = spawn('buildah', [...runWords(name, container), ...command], {
        stdio: ['ignore', log, log],
      })
      closeSync(log)
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
      running.set(name, { name: container, child, ended })
      const deadline = Date.now() + 60_000
      while (!(await healthy(name))) {
        if (child.exitCode !== null) throw new Error(`${name} ended with ${String(child.exitCode)}`)
        if (Date.now() > deadline) throw new Error(`${name} does not become healthy`)
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    },
    kill: (name) => end(name, 'SIGKILL'),
    logs: () =>
      readdirSync(directory)
        .filter((file) => file.endsWith('.log'))
        .map(
          (file) =>
            `--- ${file}\n${readFileSync(join(directory, file), 'utf8').split('\n').slice(-60).join('\n')}`,
        )
        .join('\n'),
    stop: async () => {
      for (const name of [...running.keys()].reverse()) await end(name, 'SIGTERM')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/**
 * buildah stands between us and the program: what ends is the program itself, as with Docker, and buildah follows by itself. Killed, it
 * takes along what it has started: a container is gone as a whole.
 */
async function endTree({ child, ended }: Container, signal: NodeJS.Signals): Promise<void> {
  const program = programOf(child.pid ?? 0)
  for (const pid of signal === 'SIGKILL' ? withDescendants(program) : [program]) tryKill(pid, signal)
  const timer = setTimeout(() => {
    for (const pid of withDescendants(child.pid ?? 0)) tryKill(pid, 'SIGKILL')
  }, 10_000)
  await ended
  clearTimeout(timer)
}

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 1) process.kill(pid, signal)
  } catch {
    // It was gone already.
  }
}

/** The first one below that is not buildah. */
function programOf(pid: number): number {
  const [below] = childrenOf(pid)
  return below === undefined || !isBuildah(pid) ? pid : programOf(below)
}

function isBuildah(pid: number): boolean {
  try {
    return basename(readlinkSync(`/proc/${String(pid)}/exe`)) === 'buildah'
  } catch {
    return false
  }
}

const withDescendants = (pid: number): readonly number[] => [pid, ...childrenOf(pid).flatMap(withDescendants)]

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${String(pid)}/task`).flatMap((task) =>
      readFileSync(`/proc/${String(pid)}/task/${task}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    )
  } catch {
    return []
  }
}
