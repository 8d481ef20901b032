import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.js'
import { projectDirectory } from '../../src/project.js'
import { composeVariables, mountsOf, readCompose } from '../support/compose.js'
import { makeEnvironment } from '../support/make-env.js'

const read = (file: string): string => readFileSync(join(projectDirectory, file), 'utf8')
const dockerfile = read('Dockerfile')
const compose = readCompose({ VAXEL_ARI_PASSWORD: 'hemligt' })
const services = Object.entries(compose.services)
const packages = (list: string): readonly string[] =>
  read(`scripts/packages/${list}.txt`).split('\n').filter(Boolean)

describe('docker-compose.yml', () => {
  it.each(services)('%s is built from a target of the Dockerfile', (_name, { build, image }) => {
    expect(dockerfile).toMatch(new RegExp(`^FROM \\w+ AS ${build.target}$`, 'm'))
    expect(image).toBe(`localhost/vaxel-${build.target}`)
  })

  it.each(services)('%s waits for services that have a health check', (_name, service) => {
    for (const name of Object.keys(service.depends_on)) {
      const stage = dockerfile.split(/^FROM .* AS /m).find((text) => text.startsWith(`${name}\n`))
      expect(stage).toContain('HEALTHCHECK')
    }
  })

  it.each(services)('%s mounts volumes that are declared, and directories that exist', (_name, service) => {
    for (const { from, to } of mountsOf(service)) {
      if (from.startsWith('.')) expect(existsSync(join(projectDirectory, from)), from).toBe(true)
      else expect(Object.keys(compose.volumes)).toContain(from)
      expect(to).toMatch(/^\/(srv|opt)\/vaxel\//)
    }
  })

  it('declares no volume that nobody mounts', () => {
    const mounted = services.flatMap(([, service]) => mountsOf(service).map(({ from }) => from))
    expect(Object.keys(compose.volumes).filter((name) => !mounted.includes(name))).toEqual([])
  })

  it('sets only what the programs read', () => {
    const readers = {
      redis: read('docker/redis'),
      asterisk: read('asterisk-conf/render'),
      vaxel: read('src/config.ts') + read('src/launcher/settings.ts'),
    }
    for (const [name, service] of services) {
      for (const variable of Object.keys(service.environment))
        expect(readers[name as keyof typeof readers], `${name} ${variable}`).toContain(variable)
    }
  })

  it('gives Växel settings that are complete, and agree with those of the others', () => {
    const fromDockerfile = Object.fromEntries(
      [...dockerfile.matchAll(/\b(VAXEL_[A-Z_]+)=(\/srv\S+)/g)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    )
    const { vaxel, asterisk, redis } = compose.services
    const config = readConfig({ ...fromDockerfile, ...vaxel?.environment })
    expect(config.ari.url).toBe(`http://127.0.0.1:${asterisk?.environment['VAXEL_ARI_PORT'] ?? ''}`)
    expect(config.ari.password).toBe(asterisk?.environment['VAXEL_ARI_PASSWORD'])
    expect(config.redisUrl).toBe(`redis://127.0.0.1:${redis?.environment['VAXEL_REDIS_PORT'] ?? ''}`)
    for (const file of config.companies) expect(existsSync(join(projectDirectory, file)), file).toBe(true)
    const mounted = mountsOf(vaxel!).map(({ to }) => to)
    expect(mounted).toContain(config.sounds.directory)
    expect(mounted).toContain(config.recordingsDirectory)
    expect(mounted).toContain(config.ownDirectory)
    expect(config.ownDirectory.startsWith(config.sounds.directory)).toBe(false)
    expect(mounted).toContain(config.mail.directory)
    expect(mountsOf(asterisk!).map(({ to }) => to)).toContain(config.sounds.path)
  })

  it('listens on loopback only, unless told otherwise', () => {
    for (const [, { environment }] of services) {
      const addresses = Object.entries(environment).filter(([name]) => /_(ADDRESS|HOST)$/.test(name))
      expect(addresses.filter(([, value]) => value !== '127.0.0.1')).toEqual([])
    }
    const open = readCompose({ VAXEL_ARI_PASSWORD: 'hemligt', VAXEL_SIP_ADDRESS: '192.0.2.10' })
    const changed = Object.values(open.services).flatMap(({ environment }) =>
      Object.entries(environment).flatMap(([name, value]) => (value === '192.0.2.10' ? [name] : [])),
    )
    expect(new Set(changed)).toEqual(new Set(['VAXEL_SIP_ADDRESS']))
  })

  it('refuses to start without secrets, and docker/make-env makes them', async () => {
    expect(() => readCompose({})).toThrow('run docker/make-env first')
    const [one, two] = await Promise.all([makeEnvironment({}), makeEnvironment({})])
    expect(one['VAXEL_ARI_PASSWORD']).toMatch(/^[\w-]{43}$/)
    expect(one['VAXEL_ARI_PASSWORD']).not.toBe(two['VAXEL_ARI_PASSWORD'])
    expect(Object.keys(one).filter((name) => !composeVariables().includes(name))).toEqual([])
  })
})

describe('the Dockerfile', () => {
  it('installs the packages of the launcher', () => {
    const wanted = [...packages('host')].filter((name) => name !== 'mmdebstrap')
    for (const name of wanted) expect(dockerfile).toMatch(new RegExp(`apt-get install .*\\b${name}\\b`))
    expect(dockerfile).toContain('COPY scripts/packages/asterisk.txt')
  })

  it('copies only what .dockerignore lets through, and all of it', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
      files.split(' '),
    )
    const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, name = '']) => name)
    for (const file of copied) {
      expect(existsSync(join(projectDirectory, file)), file).toBe(true)
      expect(
        allowed.some((name) => file === name || file.startsWith(`${name}/`)),
        file,
      ).toBe(true)
    }
    const used = (name: string): boolean =>
      copied.some((file) => file === name || file.startsWith(`${name}/`))
    expect(allowed.filter((name) => !used(name))).toEqual([])
  })
})
