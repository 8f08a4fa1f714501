/** What the name of a blob tells: enough to find one's way in the storage if ZooKeeper lost everything. */
export interface BlobLabel {
  entry: string;
  /** Of the leader that wrote it. */
  epoch: bigint;
  /** Counts the blobs of that leadership. */
  sequence: number;
}

const PATTERN = /^([A-Za-z0-9][A-Za-z0-9._-]{0,199})\.(\d{1,19})\.(\d{1,15})\.[0-9a-f]{16}$/;

/** A name that no blob ever had: it ends with 64 random bits. */
export function newBlobName({ entry, epoch, sequence }: BlobLabel): string {
  const random = crypto.randomUUID().replaceAll("-", "").slice(-16);
  return `${entry}.${epoch}.${sequence}.${random}`;
}

/** The label of a blob, or undefined if nobody who writes state gave it its name. */
export function parseBlobName(name: string): BlobLabel | undefined {
  const match = PATTERN.exec(name);
  if (match === null) return undefined;
  return { entry: match[1]!, epoch: BigInt(match[2]!), sequence: Number(match[3]) };
}
