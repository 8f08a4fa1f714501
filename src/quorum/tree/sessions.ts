/** What outlives a restart of a session. */
export interface Session {
  readonly sessionId: bigint;
  readonly timeoutMs: number;
  readonly password: Uint8Array;
}
