import { oncePer } from '../../domain/remembered.js'

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
  'recordings.pause',
  'recordings.stop',
  'recordings.unpause',
] as const

export type Operation = (typeof usedOperations)[number]

/** What one operation needs, as the API documents say. */
export interface OperationForm {
  readonly method: string
  /** Without the leading `/`, taken apart: fixed text and the names of path parameters by turns. */
  readonly path: readonly string[]
  readonly pathParameters: ReadonlySet<string>
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
  const path = described.path.replace(/^\//, '').split(/\{(\w+)\}/)
  return {
    method: described.method.toUpperCase(),
    path,
    pathParameters: new Set(path.filter((_, index) => isParameter(index))),
    query: new Set(
      described.parameters
        .filter((parameter) => parameter.paramType === 'query')
        .map((parameter) => parameter.name),
    ),
  }
}

const isParameter = (index: number): boolean => index % 2 === 1

/** @throws Error when a parameter is missing, unknown, or a list holds a comma; all are faults in this adapter's callers */
export function buildRequest(
  forms: OperationForms,
  operation: Operation,
  parameters: Parameters,
  body?: unknown,
): RestRequest {
  const form = forms.get(operation)
  if (!form) throw new Error(`operation ${operation} is not loaded`)
  let uri = ''
  form.path.forEach((part, index) => {
    uri += isParameter(index) ? encodeURIComponent(pathText(operation, part, parameters[part])) : part
  })
  let mark = '?'
  for (const name of Object.keys(parameters)) {
    const value = parameters[name]
    if (value === undefined || form.pathParameters.has(name)) continue
    if (!form.query.has(name)) throw new Error(`${operation} does not know ${name}`)
    uri += `${mark}${name}=${typeof value === 'object' ? encodedList(value).text : encodeURIComponent(value)}`
    mark = '&'
  }
  return body === undefined ? { method: form.method, uri } : { method: form.method, uri, body }
}

function pathText(operation: Operation, name: string, value: Parameters[string]): string {
  if (value === undefined || value === '') throw new Error(`${operation} needs ${name}`)
  return typeof value === 'object' ? listed(value) : String(value)
}

function listed(items: readonly string[]): string {
  if (items.some((item) => item.includes(','))) throw new Error('a comma inside of a list')
  return items.join(',')
}

/** The sounds of a sentence are hundreds of letters, and the same for many calls. */
const encodedList = oncePer((items: readonly string[]) => ({ text: encodeURIComponent(listed(items)) }))
