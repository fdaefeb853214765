import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import en from '../../src/i18n/en'
import vi from '../../src/i18n/vi'

const source = join(import.meta.dirname, '../../src')
const code = readdirSync(source, { recursive: true })
  .map(String)
  .filter((name) => /\.(svelte|ts)$/.test(name))
  .map((name) => readFileSync(join(source, name), 'utf8'))
  .join('\n')

const keys = Object.keys(vi)
const used = new Set([...code.matchAll(/'([a-z]+(?:\.[a-zA-Z]+)?)'/g)].map(([, key]) => key))

const holes = (message: string) =>
  [...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

it('both languages have the same messages', () => {
  expect(Object.keys(en)).toEqual(keys)
})

it('both languages fill the same holes', () => {
  const english: Record<string, string> = en
  for (const [key, message] of Object.entries(vi))
    expect(holes(english[key] ?? ''), key).toEqual(holes(message))
})

it('every message is used', () => {
  expect(keys.filter((key) => !used.has(key))).toEqual([])
})

it('every message that is asked for exists', () => {
  const asked = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map(([, key]) => key ?? '')
  expect(asked.filter((key) => !keys.includes(key))).toEqual([])
})

it('no key is given twice', () => {
  for (const lang of ['vi', 'en']) {
    const folder = join(source, 'i18n', lang)
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
    const given = files.sort().flatMap((name) => {
      const text = readFileSync(join(folder, name), 'utf8')
      return [...text.matchAll(/^ {2}"([^"]+)":/gm)].map(([, key]) => key)
    })
    expect(given).toEqual(keys)
  }
})

it('per cent is written in one way: after a thin space in Vietnamese, after nothing in English', () => {
  const signs = (message: string) =>
    [...message.matchAll(/[\d}](\s?)%/g)].map(([, space]) => space ?? '')
  expect(new Set(Object.values(vi).flatMap(signs))).toEqual(new Set(['\u202f']))
  expect(new Set(Object.values(en).flatMap(signs))).toEqual(new Set(['']))
})

it('no message is empty', () => {
  for (const message of [...Object.values(vi), ...Object.values(en)])
    expect(message.trim()).not.toBe('')
})
