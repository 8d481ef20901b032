/**
 * The operations of Asterisk's REST interface that Växel uses. Method, path and parameters are not written here: they come
 * from the API documents that ari-client loads from the running Asterisk, so that a request always fits that Asterisk.
 */
export const usedOperations = [
  'applications.filter',
  'applications.subscribe',
  'asterisk.deleteObject',
  'asterisk.getGlobalVar',
  'asterisk.getInfo',
  'asterisk.setGlobalVar',
  'asterisk.updateObject',
  'bridges.addChannel',
  'bridges.create',
  'bridges.destroy',
  'bridges.get',
  'bridges.list',
  'bridges.removeChannel',
  'bridges.setBridgeVars',
  'bridges.startMoh',
  'channels.answer',
  'channels.continueInDialplan',
  'channels.create',
  'channels.dial',
  'channels.get',
  'channels.getChannelVar',
  'channels.hangup',
  'channels.list',
  'channels.originate',
  'channels.play',
  'channels.record',
  'channels.ring',
  'channels.sendDTMF',
  'channels.setChannelVars',
  'channels.snoopChannelWithId',
  'channels.startMoh',
  'channels.startSilence',
  'channels.stopMoh',
  'channels.stopSilence',
  'deviceStates.delete',
  'deviceStates.list',
  'deviceStates.update',
  'endpoints.get',
  'endpoints.listByTech',
  'playbacks.get',
  'playbacks.stop',
  'recordings.deleteStored',
  'recordings.getLive',
  'recordings.getStored',
  'recordings.getStoredFile',
  'recordings.stop',
] as const

export type Operation = (typeof usedOperations)[number]

/** What one operation needs, as the API documents say. */
export interface OperationForm {
  readonly method: string
  /** With `{name}` for path parameters, without the leading `/`. */
  readonly path: string
  readonly query: ReadonlySet<string>
}

export type OperationForms = ReadonlyMap<Operation, OperationForm>

/** Values of path and query parameters; a list is sent comma separated, because Asterisk reads only the last of repeated ones. */
export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export interface RestRequest {
  readonly method: string
  /** Below `/ari/`, with its query. */
  readonly uri: string
  readonly body?: unknown
}

/** The part of ari-client's API description (swagger 1.1) that is read here. */
export interface ApiDescription {
  readonly apis: Readonly<
    Record<string, { readonly operations: Readonly<Record<string, DescribedOperation>> } | undefined>
  >
}
interface DescribedOperation {
  readonly method: string
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly paramType: string }[]
}

/** @throws Error that names the operations this Asterisk does not have */
export function readForms(description: ApiDescription): OperationForms {
  const forms = new Map<Operation, OperationForm>()
  const missing: string[] = []
  for (const operation of usedOperations) {
    const [resource = '', name = ''] = operation.split('.')
    const described = description.apis[resource]?.operations[name]
    if (described) forms.set(operation, formOf(described))
    else missing.push(operation)
  }
  if (missing.length > 0) throw new Error(`Asterisk does not offer these operations: ${missing.join(', ')}`)
  return forms
}

function formOf(described: DescribedOperation): OperationForm {
  return {
    method: described.method.toUpperCase(),
    path: described.path.replace(/^\//, ''),
    query: new Set(
      described.parameters
        .filter((parameter) => parameter.paramType === 'query')
        .map((parameter) => parameter.name),
    ),
  }
}

/** @throws Error when a parameter is missing, unknown, or a list holds a comma; all are faults in this adapter's callers */
export function buildRequest(
  forms: OperationForms,
  operation: Operation,
  parameters: Parameters,
  body?: unknown,
): RestRequest {
  const form = forms.get(operation)
  if (!form) throw new Error(`operation ${operation} is not loaded`)
  const left = new Map(Object.entries(parameters).filter(([, value]) => value !== undefined))
  const path = form.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = left.get(name)
    if (value === undefined || value === '') throw new Error(`${operation} needs ${name}`)
    left.delete(name)
    return encodeURIComponent(text(value))
  })
  const query = [...left].map(([name, value]) => {
    if (!form.query.has(name)) throw new Error(`${operation} does not know ${name}`)
    return `${name}=${encodeURIComponent(text(value ?? ''))}`
  })
  const uri = query.length === 0 ? path : `${path}?${query.join('&')}`
  return body === undefined ? { method: form.method, uri } : { method: form.method, uri, body }
}

function text(value: NonNullable<Parameters[string]>): string {
  if (typeof value !== 'object') return String(value)
  if (value.some((item) => item.includes(','))) throw new Error('a comma inside of a list')
  return value.join(',')
}
