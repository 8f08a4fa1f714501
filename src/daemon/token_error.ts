/** The token that a call to the leader needs is not there, or the leader does not take it. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}
