import { loadTongues } from '../../../src/adapters/voice/catalogue.js'

/** The product's own texts. */
export const tongues = await loadTongues(new URL('../../../prompts', import.meta.url).pathname)
