import type { Report } from "./report.ts";
import type { Job } from "./scenarios/scenario.ts";

/** Does a job; one that throws is a failed expectation, and the others go on. */
async function attempt(job: Job, report: Report): Promise<void> {
  try {
    await job.run();
  } catch (error) {
    report.expect(false, `${job.title}: ${Deno.inspect(error)}`);
  }
}

/** Does the timed jobs one by one, then the others so many at a time. */
export async function runJobs(jobs: readonly Job[], width: number, report: Report): Promise<void> {
  await runSome(jobs.filter(({ isTimed }) => isTimed), 1, report);
  await runSome(jobs.filter(({ isTimed }) => !isTimed), width, report);
}

async function runSome(jobs: readonly Job[], width: number, report: Report): Promise<void> {
  const queue = [...jobs];
  const work = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await attempt(job, report);
  };
  await Promise.all(Array.from({ length: width }, work));
}
