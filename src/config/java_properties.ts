/** One setting of a Java properties file, with the lines that it was written on. */
export interface Property {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** Differs from `line` if backslashes carry the value over several lines. */
  readonly lastLine: number;
}

/** Reads Java's properties format: `key=value`, `key: value` or `key value`, comments `#` and `!`. */
export function parseJavaProperties(text: string): Property[] {
  const properties: Property[] = [];
  const lines = javaLines(text);
  for (let index = 0; index < lines.length; index++) {
    const first = index;
    let content = lines[index]!.replace(/^[ \t\f]+/, "");
    if (content === "" || /^[#!]/.test(content)) continue;
    while (continues(content) && index + 1 < lines.length) {
      content = content.slice(0, -1) + lines[++index]!.replace(/^[ \t\f]+/, "");
    }
    properties.push({ ...parseProperty(content), line: first + 1, lastLine: index + 1 });
  }
  return properties;
}

/** The lines as Java counts them: a carriage return alone ends one, too. */
export function javaLines(text: string): string[] {
  return text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
}

/** Writes a setting so that Java, which takes the file for Latin-1, and `parseJavaProperties()` read it back. */
export function formatJavaProperty(key: string, value: string): string {
  return `${escaped(key).replace(/[=: ]/g, "\\$&")}=${escaped(value)}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replace(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

// An even number of backslashes is that many escaped ones and carries nothing over.
function continues(content: string): boolean {
  return /\\*$/.exec(content)![0].length % 2 === 1;
}

function parseProperty(content: string): { key: string; value: string } {
  const key = /^(?:\\.|[^\\=: \t\f])*/.exec(content)![0];
  const value = content.slice(key.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, "");
  return { key: unescapeJava(key), value: unescapeJava(value).trim() };
}

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f" };

function unescapeJava(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|(.?))/gs, (_, code?: string, character = "") => {
    if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
    return ESCAPES[character] ?? character;
  });
}
