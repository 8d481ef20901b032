import { join } from 'node:path'
import { recordingsIn } from '../../adapters/files/recordings.js'
import { readRecordingName } from '../../domain/recording/names.js'
import type { Command, ExitCode } from '../command.js'
import { table } from '../table.js'

export const recordings: Command = {
  name: 'recordings',
  usage: '[COMPANY] [--person ID] [--json]',
  summary: 'list recorded calls: when, whose, how long, in which file',
  help: `Recorded calls lie as WAV files in the folder VAXEL_RECORDINGS_DIR (recordings in the data directory if it is not set) and are
deleted after recording.keepDays of the company. The conversation is what "vaxel trace" takes. A recording under way is listed too.

  --person ID   only those because of this person
  --json        one JSON object a line`,
  options: { json: { type: 'boolean' }, person: { type: 'string' } },
  async run(values, [company], context): Promise<ExitCode> {
    const { VAXEL_RECORDINGS_DIR: named, VAXEL_DATA_DIR: data = 'var' } = context.environment
    const directory = named ?? join(data, 'recordings')
    const files = recordingsIn(directory)
    const rows = []
    for (const name of await files.list()) {
      const call = readRecordingName(name)
      if (!call || (company !== undefined && call.company !== company)) continue
      if (values['person'] !== undefined && call.person !== values['person']) continue
      const seconds = Math.round(await files.seconds(name))
      rows.push({
        ...call,
        at: new Date(call.at).toISOString(),
        seconds,
        file: join(directory, `${name}.wav`),
      })
    }
    rows.sort((one, other) => (one.at < other.at ? -1 : 1))
    if (values['json'] === true) for (const row of rows) context.write(`${JSON.stringify(row)}\n`)
    else if (rows.length === 0) context.note(`no recorded calls in ${directory}`)
    else
      context.write(
        table(
          ['at', 'company', 'person', 'seconds', 'conversation', 'file'],
          rows.map((row) => [
            row.at,
            row.company,
            row.person,
            String(row.seconds),
            row.conversation,
            row.file,
          ]),
        ),
      )
    return 0
  },
}
