const FOLDER = new URL("../../../conf/systemd/", import.meta.url);

/** The files of all units that this installation ships. */
export const UNIT_NAMES = [
  "masterd-jobmanager@.service",
  "masterd-taskmanager.service",
  "masterd-zookeeper@.service",
] as const;

export type UnitName = typeof UNIT_NAMES[number];

/** A unit of conf/systemd: what its lines set. */
export class UnitFile {
  readonly #settings: readonly (readonly [string, string])[];

  static async read(name: UnitName): Promise<UnitFile> {
    return new UnitFile(await Deno.readTextFile(new URL(name, FOLDER)));
  }

  private constructor(text: string) {
    this.#settings = text.split("\n")
      .map((line) => /^(\w+)=(.*)$/.exec(line))
      .filter((match) => match !== null)
      .map(([, name, value]) => [name!, value!]);
  }

  all(name: string): string[] {
    return this.#settings.filter(([other]) => other === name).map(([, value]) => value);
  }

  one(name: string): string {
    const values = this.all(name);
    if (values.length !== 1) throw new Error(`${name}= stands ${values.length} times`);
    return values[0]!;
  }

  /** A span of time; those of the units have a single part. */
  milliseconds(name: string): number {
    const [, count, unit] = /^(\d+)(ms|s|min)$/.exec(this.one(name)) ?? [];
    const factor = { ms: 1, s: 1000, min: 60_000 }[unit as "ms" | "s" | "min"];
    return Number(count) * factor;
  }

  /** The variables of all `Environment=` lines; none has blanks in it. */
  get environment(): Record<string, string> {
    return Object.fromEntries(this.all("Environment").map((line) => line.split(/=(.*)/, 2)));
  }
}
