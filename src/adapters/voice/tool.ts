import { spawn } from 'node:child_process'
import { ToolFailed } from './errors.js'

/**
 * Runs a command with `input` on its standard input and gives its standard output.
 * @throws ToolFailed when it cannot be started, ends with a fault or takes longer than `seconds` (20)
 */
export function runTool(
  command: readonly string[],
  { input = '', seconds = 20 }: { readonly input?: Buffer | string; readonly seconds?: number } = {},
): Promise<Buffer> {
  const [tool = '', ...parameters] = command
  return new Promise((resolve, reject) => {
    const child = spawn(tool, parameters, { timeout: seconds * 1000, stdio: ['pipe', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    const complaints: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk))
    // A tool that ends before it has read everything breaks the pipe; its exit status says what happened.
    child.stdin.on('error', () => undefined)
    child.on('error', (error) => {
      reject(new ToolFailed(tool, error.message))
    })
    child.on('close', (status, signal) => {
      if (status === 0) resolve(Buffer.concat(output))
      else
        reject(
          new ToolFailed(
            tool,
            `${signal ?? `status ${String(status)}`} ${Buffer.concat(complaints).toString().trim().slice(0, 300)}`,
          ),
        )
    })
    child.stdin.end(input)
  })
}
