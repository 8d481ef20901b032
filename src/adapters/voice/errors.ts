/** A tool that makes sound (espeak-ng, sox, the configured voice command) failed. */
export class ToolFailed extends Error {
  override readonly name = 'ToolFailed'
  readonly tool: string
  constructor(tool: string, reason: string) {
    super(`${tool} failed: ${reason}`)
    this.tool = tool
  }
}

/** There is nothing louder than noise in a sound. */
export class NoSound extends Error {
  override readonly name = 'NoSound'
}
