/** Something the person at the keyboard can do something about: the message says what. Shown without a stack. */
export class LauncherError extends Error {
  override readonly name = 'LauncherError'
}
