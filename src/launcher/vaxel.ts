import { join } from 'node:path'
import type { RunningAsterisk } from './asterisk.js'
import { projectDirectory } from '../project.js'
import type { SaidDirectories } from './said.js'
import { startProcess, untilReady, type RunningProcess } from './process.js'
import { standbyWord, type ToLauncher } from '../standby.js'

/** Where Växel finds its surroundings: everything main.ts reads from the environment, except its own options. */
export interface Surroundings {
  readonly asterisk: Pick<RunningAsterisk, 'ariUrl' | 'soundsDirectory' | 'soundsPath'>
  readonly said: SaidDirectories
  readonly ariUser: string
  readonly ariPassword: string
  readonly ariApp: string
  readonly redisUrl: string
  readonly httpPort: number
  /** Where phones sign in; the sound of their calls must be bound to the same address. */
  readonly sip: { readonly address: string; readonly port: number }
}

/** The environment of Växel and of its command line. */
export function vaxelEnvironment(around: Surroundings): Readonly<Record<string, string>> {
  return {
    VAXEL_ARI_URL: around.asterisk.ariUrl,
    VAXEL_ARI_USER: around.ariUser,
    VAXEL_ARI_PASSWORD: around.ariPassword,
    VAXEL_ARI_APP: around.ariApp,
    VAXEL_REDIS_URL: around.redisUrl,
    VAXEL_SOUNDS_DIR: around.asterisk.soundsDirectory,
    VAXEL_SOUNDS_PATH: around.asterisk.soundsPath,
    VAXEL_RECORDINGS_DIR: around.said.recordings,
    VAXEL_OWN_DIR: around.said.own,
    VAXEL_HTTP_PORT: String(around.httpPort),
    VAXEL_SIP_ADDRESS: around.sip.address,
    VAXEL_SIP_PORT: String(around.sip.port),
  }
}

export interface VaxelPlan {
  readonly environment: Readonly<Record<string, string>>
  /** Compiled main program; default `dist/main.js`. */
  readonly main?: string
  readonly pidFile: string
  readonly log: string
  /** It stands by instead of taking calls, until it is told to take over (src/standby.ts). */
  readonly standby?: boolean
  readonly onWord?: (word: ToLauncher) => void
}

/**
 * For V8: in a quiet spell of some seconds it would clean the whole heap again and again and throw away what it has compiled, so that the
 * first calls after it cost twice as much (docs/performance.md). It cleans when the heap has grown, as ever.
 */
const keepsWarm = '--no-memory-reducer'

/**
 * Starts one Växel process. It does not wait for readiness: a supervisor restarts it when it exits, and
 * `untilVaxelReady` tells when calls can be made.
 */
export function startVaxel(plan: VaxelPlan): Promise<RunningProcess> {
  const { onWord } = plan
  return startProcess({
    name: 'Växel',
    command: process.execPath,
    arguments: [
      '--enable-source-maps',
      keepsWarm,
      plan.main ?? join(projectDirectory, 'dist/main.js'),
      ...(plan.standby === true ? [standbyWord] : []),
    ],
    environment: plan.environment,
    directory: projectDirectory,
    pidFile: plan.pidFile,
    log: plan.log,
    ...(onWord === undefined
      ? {}
      : {
          onWord: (word) => {
            onWord(word as ToLauncher)
          },
        }),
  })
}

/** @throws LauncherError when Växel ends before, or is not ready within 90 s */
export function untilVaxelReady(child: RunningProcess, httpPort: number, log: string): Promise<void> {
  return untilReady(child, () => answersReady(httpPort), 90_000, `Its log: ${log}`)
}

/** `/ready` answers 200 when Växel holds the lease, is connected to Asterisk and has reconciled. */
async function answersReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${String(port)}/ready`, {
      signal: AbortSignal.timeout(2_000),
    })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
