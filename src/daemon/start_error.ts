/** A daemon cannot start, or cannot go on, for a reason that lies outside of it. */
export class StartError extends Error {
  override readonly name = "StartError";
}
