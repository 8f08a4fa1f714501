import type { Request, Step } from "./step.ts";

/** The smallest part of a program that can be left out: a step, or one of the requests of one. */
export interface Atom {
  readonly step: Step;
  readonly request?: Request;
}

export function atomsOf(program: readonly Step[]): Atom[] {
  return program.flatMap((step): Atom[] =>
    step.kind === "ask" ? step.requests.map((request) => ({ step, request })) : [{ step }]
  );
}

/** The program of these atoms; requests that were sent at once still are. */
export function programOf(atoms: readonly Atom[]): Step[] {
  const steps = new Map<Step, Request[]>();
  for (const { step, request } of atoms) {
    const requests = steps.get(step) ?? [];
    if (request) requests.push(request);
    steps.set(step, requests);
  }
  return [...steps].map(([step, requests]) => step.kind === "ask" ? { ...step, requests } : step);
}
