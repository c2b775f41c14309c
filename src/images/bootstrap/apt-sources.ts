import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One archive this machine takes packages from, and the suites of it. */
export interface AptSource {
  /** Without a slash at the end. */
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Key file, when the source names one. */
  readonly signedBy?: string;
}

/** What apt on this machine is configured with: `sources.list` and `sources.list.d`, in apt's order. */
export function readAptSources(directory = "/etc/apt"): AptSource[] {
  const read = (path: string) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return "";
    }
  };
  const parts = join(directory, "sources.list.d");
  const found = parseSourcesList(read(join(directory, "sources.list")));
  for (const name of namesIn(parts)) {
    if (name.endsWith(".list")) found.push(...parseSourcesList(read(join(parts, name))));
    else if (name.endsWith(".sources")) found.push(...parseDeb822(read(join(parts, name))));
  }
  return found;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** `deb [signed-by=… arch=…] URI SUITE COMPONENT…`, a line each. */
export function parseSourcesList(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(line);
    const [, options = "", uri = "", suite = "", rest = ""] = match ?? [];
    // A suite that ends in a slash is a flat archive, which has no base system.
    if (!match || suite.endsWith("/")) continue;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    sources.push(sourceOf(uri, [suite], words(rest), signedBy));
  }
  return sources;
}

/** Paragraphs of `Field: value`, lines that begin with a space go on with the field above. */
export function parseDeb822(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const paragraph of withoutComments(text).split(/\n\s*\n/)) {
    const fields = fieldsOf(paragraph);
    const list = (name: string) => words(fields.get(name) ?? "");
    if (
      !list("types").includes("deb") ||
      /^(?:no|false|without|off|disable|0)$/i.test(fields.get("enabled") ?? "")
    )
      continue;
    const suites = list("suites").filter((suite) => !suite.endsWith("/"));
    if (suites.length === 0) continue;
    for (const uri of list("uris"))
      sources.push(sourceOf(uri, suites, list("components"), fields.get("signed-by")));
  }
  return sources;
}

function withoutComments(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
}

function fieldsOf(paragraph: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last = "";
  for (const line of paragraph.split("\n")) {
    const match = /^([^\s:]+):\s*(.*)$/.exec(line);
    if (match) {
      last = (match[1] ?? "").toLowerCase();
      fields.set(last, match[2] ?? "");
    } else if (/^\s/.test(line)) fields.set(last, `${fields.get(last) ?? ""}\n${line.trim()}`);
  }
  return fields;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function sourceOf(
  uri: string,
  suites: readonly string[],
  components: readonly string[],
  signedBy: string | undefined,
): AptSource {
  // A key written into the source itself is no file; the tools then look for the archive's own.
  const keyFile = signedBy?.trim().startsWith("/") ? signedBy.trim().split(/\s/)[0] : undefined;
  return {
    uri: uri.replace(/\/+$/, ""),
    suites,
    components,
    ...(keyFile !== undefined && { signedBy: keyFile }),
  };
}
