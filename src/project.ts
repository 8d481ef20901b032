import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The directory of package.json, found from this file upwards: the same from src/, dist/ (bundled or not) and dist-tools/. */
export const projectDirectory = findProject(import.meta.dirname)

function findProject(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory
  const parent = dirname(directory)
  if (parent === directory) throw new Error('the project directory was not found')
  return findProject(parent)
}
