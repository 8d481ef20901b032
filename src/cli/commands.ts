import type { Command } from './command.js'
import { apply } from './commands/apply.js'
import { codes } from './commands/codes.js'
import { dialplan } from './commands/dialplan.js'
import { exportCompany } from './commands/export.js'
import { hours } from './commands/hours.js'
import { lint } from './commands/lint.js'
import { phones } from './commands/phones.js'
import { prompts } from './commands/prompts.js'
import { recordings } from './commands/recordings.js'
import { stats } from './commands/stats.js'
import { status } from './commands/status.js'
import { token } from './commands/token.js'
import { trace } from './commands/trace.js'

/** In the order of `vaxel --help`. */
export const commands: readonly Command[] = [
  apply,
  lint,
  exportCompany,
  status,
  trace,
  recordings,
  hours,
  stats,
  phones,
  token,
  codes,
  prompts,
  dialplan,
]
