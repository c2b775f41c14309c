import { parseCheckOptions } from "./check-options.ts";
import type { Directives } from "./dockerfile.ts";
import { DockerfileError, parseError } from "./dockerfile-error.ts";
import type { LineReader } from "./logical-lines.ts";
import type { SourceFile, SourceRange } from "./source.ts";

/*
 * `# name=value` comments at the very top. The first line that is none ends them: from there on they
 * are comments. What is no known name is a comment too, and ends them.
 */
const pattern = /^(#\s*)([a-zA-Z][a-zA-Z0-9]*)(\s*=\s*)(.+?)\s*$/;

interface Found {
  readonly value: string;
  readonly range: SourceRange;
}

export function readDirectives(source: SourceFile, reader: LineReader): Directives {
  const found = new Map<string, Found>();
  reader.takeWhile((line, number) => {
    if (number === 1 && line.startsWith("#!")) return true;
    const directive = readDirective(line, number);
    if (directive === undefined) return false;
    const { name, range } = directive;
    if (found.has(name)) {
      throw parseError(source, range, `only one ${name} parser directive can be used`);
    }
    found.set(name, directive);
    return true;
  });
  const token = readEscape(source, found.get("escape"));
  reader.escape = token;
  const syntax = found.get("syntax")?.value.split(" ")[0];
  return {
    ...(syntax !== undefined && { syntax }),
    escape: token,
    check: readCheck(source, found.get("check")),
  };
}

function readDirective(line: string, number: number): (Found & { name: string }) | undefined {
  const [, hash = "", word = "", equals = "", value = ""] = pattern.exec(line.trimStart()) ?? [];
  const name = word.toLowerCase();
  if (name !== "syntax" && name !== "escape" && name !== "check") return undefined;
  const column = line.length - line.trimStart().length + hash.length + word.length + equals.length + 1;
  const start = { line: number, column };
  return { name, value, range: { start, end: { line: number, column: column + value.length } } };
}

function readEscape(source: SourceFile, found: Found | undefined): "\\" | "`" {
  if (found === undefined) return "\\";
  if (found.value === "\\" || found.value === "`") return found.value;
  throw parseError(source, found.range, `invalid escape token '${found.value}' does not match \` or \\`, {
    hint: "# escape=`",
  });
}

function readCheck(source: SourceFile, found: Found | undefined): Directives["check"] {
  if (found === undefined) return { skip: [], experimental: [], error: false };
  try {
    return parseCheckOptions(found.value.split(" ")[0] ?? "");
  } catch (error) {
    if (error instanceof DockerfileError || !(error instanceof Error)) throw error;
    throw parseError(source, found.range, error.message);
  }
}
