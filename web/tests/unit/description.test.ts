/** What the server answers is described whole: an answer with a field that nobody described is a fault of one of them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

interface Schema {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  items?: Schema | false
  allOf?: Schema[]
  oneOf?: Schema[]
  additionalProperties?: Schema | false
  unevaluatedProperties?: false
}
type Content = Record<string, { schema?: Schema }>
interface Response {
  $ref?: string
  content?: Content
}
type Operations = Record<string, { responses: Record<string, Response> }>
interface Description {
  paths: Record<string, Operations>
  components: { schemas: Record<string, Schema>; responses: Record<string, Response> }
}

const { paths, components } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../data/openapi.json'), 'utf8'),
) as Description
const last = (ref: string) => ref.split('/').at(-1) ?? ''

/** Objects of a schema that would let another field pass. */
function open(schema: Schema, where: string, isClosed: boolean, above: string[] = []): string[] {
  const closed = isClosed || schema.unevaluatedProperties === false
  if (schema.$ref) {
    const name = last(schema.$ref)
    const own = components.schemas[name]
    if (!own) return [`${where}: no ${name}`]
    return above.includes(name) ? [] : open(own, name, closed, [...above, name])
  }
  const inner = (one: Schema, name: string) => open(one, `${where}.${name}`, false, above)
  const isObject = [schema.type].flat().includes('object') && !schema.allOf
  return [
    ...(isObject && schema.additionalProperties === undefined && !closed ? [where] : []),
    ...[...(schema.allOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) =>
      open(one, where, closed, above),
    ),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => inner(one, name)),
    ...(schema.items ? inner(schema.items, 'items') : []),
  ]
}

const answers = Object.entries(paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, { responses }]) =>
    Object.entries(responses).flatMap(([status, response]) => {
      const { content } = response.$ref
        ? (components.responses[last(response.$ref)] ?? {})
        : response
      return Object.entries(content ?? {}).flatMap(([type, { schema }]) =>
        /json$|event-stream$/.test(type)
          ? [{ where: `${method} ${path} ${status}`, path, schema }]
          : [],
      )
    }),
  ),
)

it('each answer names all its fields', () => {
  expect(answers.length).toBeGreaterThan(100)
  const others = answers
    .filter(({ path }) => path !== '/api/v1/openapi.json')
    .flatMap(({ where, schema }) => (schema ? open(schema, where, false) : [`${where}: nothing`]))
  expect([...new Set(others)]).toEqual([])
})

it('what would let another field pass is seen, also inside', () => {
  const inner: Schema = { type: 'object', properties: { a: { type: 'string' } } }
  const outer: Schema = { type: 'object', properties: { b: inner }, additionalProperties: false }
  expect(open(outer, 'one', false)).toEqual(['one.b'])
  expect(open({ ...inner, additionalProperties: false }, 'one', false)).toEqual([])
  expect(open({ oneOf: [inner], unevaluatedProperties: false }, 'one', false)).toEqual([])
})
