const BUCKET = /^masterd_heartbeat_duration_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm;

/** How many heartbeats were answered so far within each limit, in milliseconds. */
export type HeartbeatCounts = ReadonlyMap<number, number>;

export async function heartbeatCounts(port: number): Promise<HeartbeatCounts> {
  const text = await metricsOf(port);
  return new Map(
    [...text.matchAll(BUCKET)].map(([, limit, count]) => [
      limit === "+Inf" ? Infinity : Number(limit) * 1000,
      Number(count),
    ]),
  );
}

/** Among those between two counts: how many they are, and within what so large a share was answered. */
export function answeredWithin(
  { from, to, share }: { from: HeartbeatCounts; to: HeartbeatCounts; share: number },
): { count: number; limitMs: number } {
  const counts = [...to].map(([limitMs, count]) => ({
    limitMs,
    count: count - from.get(limitMs)!,
  }));
  const { count } = counts.at(-1)!;
  return { count, limitMs: counts.find((within) => within.count >= share * count)!.limitMs };
}

async function metricsOf(port: number): Promise<string> {
  using connection = await Deno.connect({ hostname: "localhost", port });
  await connection.write(new TextEncoder().encode("GET /metrics HTTP/1.0\r\n\r\n"));
  return await new Response(connection.readable).text();
}
