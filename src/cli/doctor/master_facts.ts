import type { ClockFacts, MasterAnswerFacts, MasterFacts } from "../../daemon/doctor/facts.ts";
import { commandFacts, fields, stateProblem } from "../../daemon/doctor/status_facts.ts";
import type { Heard } from "../status/master_call.ts";
import { shown } from "../status/master_status.ts";
import { type MasterView, nameOf } from "../status/master_views.ts";

/** What the doctor wants to know of a master that was asked. */
export function masterFacts(view: MasterView, isLocal: (host: string) => boolean): MasterFacts {
  const { expected, isRegistered, host } = view;
  return {
    name: nameOf(view),
    isListed: expected !== undefined,
    isRegistered,
    isLocal: isLocal(host),
    answer: answerFacts(view),
  };
}

/** How the clock of a master stands to the one here; undefined if it does not tell. */
export function clockFacts(view: MasterView): ClockFacts | undefined {
  if (view.answer.kind !== "master" || view.answer.heard === undefined) return undefined;
  const { document, askedAt, heardAt } = view.answer.heard;
  const { now, clockStepMs } = fields(fields(document).node);
  const time = typeof now === "string" ? Date.parse(now) : NaN;
  if (Number.isNaN(time)) return undefined;
  const offset = { ms: time - (askedAt + heardAt) / 2, uncertaintyMs: (heardAt - askedAt) / 2 };
  const of = `master ${nameOf(view)}`;
  return typeof clockStepMs === "number" ? { of, offset, stepMs: clockStepMs } : { of, offset };
}

function answerFacts({ answer }: MasterView): MasterAnswerFacts {
  if (answer.kind === "unreachable") return { kind: "silent", cause: answer.cause };
  if (answer.kind === "foreign") return answer;
  const { role, version, connection } = answer.status;
  return { kind: "master", role, version, connection, ...detailsOf(answer.heard) };
}

function detailsOf(heard: Heard | undefined) {
  const document = fields(heard?.document);
  const { sessionId } = fields(document.connection);
  const [command, problem] = [commandFacts(document.command), stateProblem(document.state)];
  return {
    ...(typeof sessionId === "string" ? { session: shown(sessionId) } : {}),
    ...(command === undefined ? {} : { command }),
    ...(problem === undefined ? {} : { stateProblem: problem }),
  };
}
