/** Resident memory of a process now, of it what no other process can share, and the most since its start. */
export async function residentMegabytes(
  pid: number,
): Promise<{ nowMegabytes: number; ownMegabytes: number; peakMegabytes: number }> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)![1]) * 1024 / 1e6;
  return {
    nowMegabytes: megabytes("VmRSS"),
    ownMegabytes: megabytes("RssAnon"),
    peakMegabytes: megabytes("VmHWM"),
  };
}

/** Processor time of a process and its threads since its start. */
export async function processorMs(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // Behind the name in parentheses, which may hold anything; Linux counts here in hundredths of seconds.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
