import { join } from "node:path";
import { StorageError } from "../errors.ts";
import { type ConfigurationProperty, readConfigurationFile } from "./configuration_file.ts";

/** In the order in which Hadoop reads them: the later file counts, but for final properties. */
const FILES = ["core-site.xml", "hdfs-site.xml"];

// Hadoop's own limit on how often references are replaced in one value.
const MAX_REPLACEMENTS = 20;

/** What core-site.xml and hdfs-site.xml of one folder say together. */
export class HadoopConfiguration {
  readonly #properties = new Map<string, ConfigurationProperty>();
  readonly #files: readonly { path: string; isThere: boolean }[];

  /**
   * Reads the files of a folder; either may be missing.
   * @throws {StorageError} `misconfigured`
   */
  static async read(folder: string): Promise<HadoopConfiguration> {
    const files = await Promise.all(FILES.map(async (name) => {
      const path = join(folder, name);
      return { path, properties: await readConfigurationFile(path) };
    }));
    if (files.every((file) => file.properties === undefined)) {
      throw new StorageError(
        "misconfigured",
        `Cannot use Hadoop's configuration in ${folder}: there is neither ${
          FILES.join(" nor ")
        }; ` +
          "the folder is that of masterd.storage.hdfs.conf-dir or HADOOP_CONF_DIR",
      );
    }
    return new HadoopConfiguration(files);
  }

  private constructor(files: readonly { path: string; properties?: ConfigurationProperty[] }[]) {
    this.#files = files.map(({ path, properties }) => ({
      path,
      isThere: properties !== undefined,
    }));
    for (const property of files.flatMap((file) => file.properties ?? [])) this.#add(property);
  }

  /** The files that were looked for, for messages. */
  get description(): string {
    return this.#files
      .map(({ path, isThere }) => isThere ? path : `${path} (there is no such file)`)
      .join(" and ");
  }

  /** The value of a property, with `${other.property}` replaced; nothing if it is not set. */
  get(name: string): string | undefined {
    const value = this.#properties.get(name)?.value;
    return value === undefined ? undefined : this.#expand(value);
  }

  /** The words of a property that holds a list. */
  list(name: string): string[] {
    return (this.get(name) ?? "").split(",").map((word) => word.trim()).filter((word) => word);
  }

  /** The names of all properties that are set. */
  names(): Iterable<string> {
    return this.#properties.keys();
  }

  /** The file that set the property. */
  fileOf(name: string): string | undefined {
    return this.#properties.get(name)?.file;
  }

  #add(property: ConfigurationProperty): void {
    if (!this.#properties.get(property.name)?.isFinal) {
      this.#properties.set(property.name, property);
    }
  }

  /** A reference to what is not set stays as it stands, as in Hadoop. */
  #expand(value: string): string {
    let expanded = value;
    for (let count = 0; count < MAX_REPLACEMENTS; count++) {
      const next = expanded.replace(
        /\$\{([^${}\s]+)\}/g,
        (reference, name) => this.#properties.get(name)?.value ?? reference,
      );
      if (next === expanded) break;
      expanded = next;
    }
    return expanded;
  }
}
