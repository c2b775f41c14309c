import { posix } from "node:path";
import { invalidArgument } from "../../../errors/engine-error.ts";
import type { YamlMap } from "../../yaml/yaml-value.ts";

const propagations = ["rprivate", "private", "rshared", "shared", "rslave", "slave"];
const labelling = ["z", "Z"];

/** `source:target:options`; what begins like a path is a bind mount, everything else a volume. */
export function parseVolume(spec: string): YamlMap {
  if (spec === "") throw invalidArgument("invalid empty volume spec");
  if (spec.length <= 2) return { type: "volume", target: cleanPath(spec) };
  const sections = splitSections(spec);
  const invalid = (why: string) => invalidArgument(`invalid spec: ${spec}: ${why}`);
  if (sections.includes("")) throw invalid("empty section between colons");
  if (sections.length > 3) throw invalid("too many colons");
  const [first = "", second, options = ""] = sections;
  const source = second === undefined ? undefined : first;
  const isBind = source !== undefined && looksLikePath(source);
  const volume: YamlMap = { type: isBind ? "bind" : "volume" };
  if (source !== undefined) volume.source = source;
  volume.target = cleanPath(second ?? first);
  const bind: YamlMap = {};
  for (const option of options.split(",")) {
    if (option === "ro") volume.read_only = true;
    else if (option === "rw") delete volume.read_only;
    else if (option === "nocopy") volume.volume = { nocopy: true };
    else if (propagations.includes(option)) bind.propagation = option;
    else if (labelling.includes(option)) bind.selinux = option;
  }
  if (isBind) bind.create_host_path = true;
  else volume.volume ??= {};
  if (Object.keys(bind).length > 0) volume.bind = bind;
  return volume;
}

/** At colons, but not at that of a Windows drive, nor inside of `${…}` that nobody has expanded. */
function splitSections(spec: string): string[] {
  const sections: string[] = [];
  let open = "";
  for (const piece of spec.split(":")) {
    const section = open + piece;
    open = isDrive(section) || isUnclosed(section) ? `${section}:` : "";
    if (open === "") sections.push(section);
  }
  if (open !== "") sections.push(open.slice(0, -1));
  return sections;
}

const isDrive = (text: string) => text.length <= 2 && /^\p{L}$/u.test(text);

function isUnclosed(text: string): boolean {
  if (!text.includes("${")) return false;
  let depth = 0;
  for (const [mark] of text.matchAll(/\$\{|\}/g)) depth = mark === "}" ? Math.max(0, depth - 1) : depth + 1;
  return depth > 0;
}

function looksLikePath(source: string): boolean {
  return (
    /^[./~]/.test(source) || source.startsWith("\\\\") || (source.includes(":") && /^\p{L}:/u.test(source))
  );
}

export function cleanPath(path: string): string {
  if (path === "") return "";
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith("/") ? clean.slice(0, -1) : clean;
}
