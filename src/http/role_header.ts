import type { Role } from "./status.ts";

type Answer = (request: Request) => Promise<Response>;

/** Says on every answer which role its node had, so that a proxy can pass on those of a leader only. */
export const ROLE_HEADER = "masterd-role";

/** The same answers with the role of their node; `leader` stands on none that began or ended otherwise. */
export function withRole(answer: Answer, role: () => Role): Answer {
  return async (request) => {
    const before = role();
    const response = await answer(request);
    const after = role();
    response.headers.set(ROLE_HEADER, before === "leader" ? after : before);
    return response;
  };
}
