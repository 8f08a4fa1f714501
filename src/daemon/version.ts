import project from "../../deno.json" with { type: "json" };

/** The version of this masterd. */
export const VERSION: string = project.version;
