/** Resident memory of a process now, and the most there was since its start. */
export async function residentMegabytes(
  pid: number,
): Promise<{ nowMegabytes: number; peakMegabytes: number }> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)![1]) * 1024 / 1e6;
  return { nowMegabytes: megabytes("VmRSS"), peakMegabytes: megabytes("VmHWM") };
}
