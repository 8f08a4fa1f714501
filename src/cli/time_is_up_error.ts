/** A command was not done within the time that it was given. */
export class TimeIsUpError extends Error {
  override readonly name = "TimeIsUpError";
}
