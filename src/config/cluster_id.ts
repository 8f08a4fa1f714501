/**
 * The YARN application that a container belongs to, by its `CONTAINER_ID`
 * (`container_e17_1410901177871_0001_01_000005`); undefined for any other text.
 */
export function yarnApplicationId(containerId: string): string | undefined {
  // The epoch (e17) appears once the resource manager was restarted.
  const match = /^container_(?:e\d+_)?(\d+)_(\d+)_\d+_\d+$/.exec(containerId.trim());
  return match ? `application_${match[1]}_${match[2]}` : undefined;
}
