import { describe, expect, it } from 'vitest'
import { oncePer, remembering } from '../../src/domain/remembered.js'

describe('what is remembered', () => {
  it('is made once for each thing', () => {
    const made: string[] = []
    const listOf = oncePer(({ name }: { readonly name: string }) => {
      made.push(name)
      return [name]
    })
    const [anna, other] = [{ name: 'anna' }, { name: 'anna' }]
    expect(listOf(anna)).toBe(listOf(anna))
    expect(listOf(other)).toEqual(['anna'])
    expect(made).toEqual(['anna', 'anna'])
  })

  it('is made again for a text that was pushed out by newer ones', () => {
    const made: string[] = []
    const lengthOf = remembering(2, (text) => {
      made.push(text)
      return text === '' ? undefined : text.length
    })
    expect(['a', 'bb', '', 'a', ''].map(lengthOf)).toEqual([1, 2, undefined, 1, undefined])
    expect(made).toEqual(['a', 'bb', '', 'a'])
  })
})
