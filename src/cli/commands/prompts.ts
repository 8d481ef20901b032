import { join } from 'node:path'
import { CatalogueError } from '../../domain/speech/tongue.js'
import { ToolFailed } from '../../adapters/voice/errors.js'
import { renderCatalogue } from '../../adapters/voice/render-catalogue.js'
import { readCommandConfig } from '../../config.js'
import { languages, type Language } from '../../domain/ids.js'
import { CommandFailed, UsageWrong, type Command, type Context } from '../command.js'

export const prompts: Command = {
  name: 'prompts',
  usage: '[--language sv|de|en] [--texts DIRECTORY] [--out DIRECTORY]',
  summary: 'render the spoken sentences that are not there yet',
  help: `Renders every phrase that does not depend on a company, and takes over recordings dropped into the texts' folder.
What is there is kept, so a second run takes a moment.

  --language CODE     only this language
  --texts DIRECTORY   instead of the project's prompts folder
  --out DIRECTORY     instead of VAXEL_SOUNDS_DIR

VAXEL_VOICE_COMMAND renders with another program than espeak-ng.`,
  options: { language: { type: 'string' }, texts: { type: 'string' }, out: { type: 'string' } },
  async run(values, words, context) {
    if (words.length > 0) throw new UsageWrong('takes no words')
    const config = readCommandConfig(context.environment)
    const outDir = text(values['out']) ?? config.soundsDirectory
    if (outDir === undefined)
      throw new CommandFailed('Where to? Set VAXEL_SOUNDS_DIR, or say --out DIRECTORY.')
    const done = await renderCatalogue({
      outDir,
      promptsDir: text(values['texts']) ?? join(context.projectDirectory, 'prompts'),
      languages: wantedLanguages(text(values['language'])),
      voiceCommand: config.voiceCommand,
      onProgress: progress(context),
    }).catch(inWords)
    for (const bad of done.badRecordings) context.note(`not taken over: ${JSON.stringify(bad)}`)
    if (done.failed.length > 0) context.note(`could not be rendered: ${done.failed.join(', ')}`)
    context.write(
      `${String(done.rendered)} rendered, ${String(done.reused)} there already, ${String(done.failed.length)} failed\n`,
    )
    return done.failed.length > 0 ? 1 : 0
  },
}

const text = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

function wantedLanguages(code: string | undefined): readonly Language[] {
  if (code === undefined) return languages
  const found = languages.find((language) => language === code)
  if (found === undefined) throw new UsageWrong(`there is no language "${code}": ${languages.join(', ')}`)
  return [found]
}

/** A line at each tenth of the way. */
function progress(context: Context): (done: number, total: number) => void {
  let told = 0
  return (done, total) => {
    const tenth = Math.floor((done * 10) / total)
    if (tenth <= told) return
    told = tenth
    context.note(`prompts: ${String(done)} of ${String(total)}`)
  }
}

function inWords(cause: unknown): never {
  if (cause instanceof CatalogueError || cause instanceof ToolFailed) throw new CommandFailed(cause.message)
  throw cause
}
