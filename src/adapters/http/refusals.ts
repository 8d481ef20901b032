import type { NotSet } from '../../ports/hours-operations.js'
import type { NotFetched, NotParked, NotTalked } from '../../ports/operations.js'
import type { NotAsAgent, NotCounted, NotMoved } from '../../ports/queue-operations.js'

export type OperationRefusal =
  NotParked | NotFetched | NotTalked | NotAsAgent | NotCounted | NotMoved | NotSet

/** What each refusal is in HTTP: 404 the thing asked for is not there, 403 it may not, 409 not in the present state. */
export const refusals: Readonly<Record<OperationRefusal, readonly [status: number, title: string]>> = {
  occupied: [409, 'A call is parked there already'],
  noSuchPlace: [404, 'There is no such extension'],
  notParkable: [409, 'No calls can be parked on this extension'],
  noSuchGroup: [404, 'There is no such park group'],
  whichGroup: [409, 'There are several park groups: name one'],
  groupFull: [409, 'Nobody of the park group is free'],
  notAllowed: [403, 'This person may not do that in this park group'],
  nothingToPark: [409, 'There is no call to park'],
  threeParty: [409, 'A talk of three cannot be parked'],
  ended: [409, 'The call has ended'],
  noSuchDevice: [404, 'There is no such telephone'],
  noSuchPerson: [404, 'There is no such person'],
  nothing: [404, 'No call is parked there'],
  taken: [409, 'The call is being fetched already'],
  notReachable: [409, 'The telephone cannot be reached'],
  noTalk: [409, 'This person is in no talk'],
  full: [409, 'There are three people in the talk already'],
  alreadyIn: [409, 'This person is in the talk already'],
  alreadyCalling: [409, 'Somebody is being called into the talk already'],
  nobodyInvited: [409, 'Nobody was invited to the talk'],
  notYours: [403, 'Only whoever sent the invitation can do that'],
  secondCoach: [409, 'There is a coach in the talk already'],
  mayNotBargeIn: [403, 'This coach may not speak to everybody'],
  notHeld: [409, 'The talk is not on hold'],
  talkOver: [409, 'The talk has ended'],
  noSuchQueue: [404, 'There is no such queue'],
  notMember: [403, 'This person does not answer for the queue'],
  noWrapUp: [409, 'There is no time after a call that could be ended or extended'],
  notWaiting: [409, 'This caller does not wait in the queue any more'],
  alreadyThere: [409, 'This caller waits in that queue already'],
  queueClosed: [409, 'The queue is closed for this caller'],
  queueFull: [409, 'The queue is full'],
  nobodyLoggedIn: [409, 'Nobody is logged in to the queue'],
  badRange: [400, 'The last day comes after the first, and there are at most 1000 days'],
  noSuchHours: [404, 'There are no such opening hours'],
  needsEnd: [400, 'What is opened or closed by hand needs an end'],
  endPassed: [409, 'This end has passed already'],
  cannotInvite: [409, 'This number cannot be called into the talk'],
}
