import { z } from 'zod'
import { companySchema } from '../../src/domain/directory/company.js'

/** One field of the company file as the reference lists it. */
export interface ReferenceField {
  /** `people[].devices[].name`; `roles.*` is any name. */
  readonly path: string
  /** What may stand there, and what counts when it is left out. */
  readonly form: string
}

const nodeSchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  default: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  required: z.array(z.string()).default([]),
  get anyOf() {
    return z.array(nodeSchema).optional()
  },
  get properties() {
    return z.record(z.string(), nodeSchema).optional()
  },
  get items() {
    return nodeSchema.optional()
  },
  get additionalProperties() {
    return z.union([z.boolean(), nodeSchema]).optional()
  },
})
type Node = z.output<typeof nodeSchema>

/** Every field that the schema knows, in its order. */
export function companyFields(): readonly ReferenceField[] {
  const schema = z.toJSONSchema(companySchema, { io: 'input', unrepresentable: 'any', reused: 'inline' })
  return fieldsOf(nodeSchema.parse(schema), '')
}

function fieldsOf(node: Node, path: string): readonly ReferenceField[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const here = path === '' ? name : `${path}.${name}`
    return [{ path: here, form: formOf(child, node.required.includes(name)) }, ...inside(child, here)]
  })
}

/** Groups that may stand at several places are described at one of them. */
const describedBefore = /\.(profile|parking|vip|reasons)$|^roles\.\*\.recurring$/

function inside(node: Node, path: string): readonly ReferenceField[] {
  if (describedBefore.test(path)) return []
  if (node.items !== undefined) return inside(node.items, `${path}[]`)
  if (typeof node.additionalProperties === 'object') return fieldsOf(node.additionalProperties, `${path}.*`)
  return fieldsOf(node, path)
}

function formOf(node: Node, required: boolean): string {
  const standard = node.default
  const when = required ? ', needed' : isPlain(standard) ? `, ${JSON.stringify(standard)} if left out` : ''
  return `${kindOf(node)}${when}`
}

const isPlain = (value: unknown): boolean =>
  value !== undefined && (typeof value !== 'object' || (Array.isArray(value) && value.length > 0))

function kindOf(node: Node): string {
  if (node.anyOf !== undefined) return node.anyOf.map(kindOf).join(' or ')
  if (node.items !== undefined) return `list of ${kindOf(node.items)}`
  if (node.enum !== undefined) return node.enum.join(', ')
  if (node.properties !== undefined || typeof node.additionalProperties === 'object') return 'group'
  if (node.type === 'integer' || node.type === 'number')
    return node.minimum !== undefined && node.maximum !== undefined && node.maximum < 100_000
      ? `${String(node.minimum)} to ${String(node.maximum)}`
      : 'number'
  if (node.type === 'boolean') return 'true or false'
  return node.format === 'email' ? 'mail address' : 'text'
}
