import { resolve } from "node:path";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { type FlagValues, listFlag, stringFlag } from "../flag.ts";
import { cut } from "./csv-fields.ts";
import { mountFlag } from "./mount-flag.ts";

export const volumeFlags = {
  mount: mountFlag("Attach a filesystem mount to the container"),
  "storage-opt": listFlag("Storage driver options for the container"),
  tmpfs: listFlag("Mount a tmpfs directory"),
  volume: listFlag("Bind mount a volume", { short: "v" }),
  "volume-driver": stringFlag("Optional volume driver for the container"),
  "volumes-from": listFlag("Mount volumes from the specified container(s)"),
};

// trail: run -v
export function volumesOf(values: FlagValues<typeof volumeFlags>) {
  const anonymous: Record<string, Record<string, never>> = {};
  const binds: string[] = [];
  for (const text of new Set(values.volume)) {
    const source = sourceOf(text);
    if (source === undefined) anonymous[text] = {};
    else binds.push(isPath(source) ? withWholePath(text) : text);
  }
  const tmpfs = values.tmpfs.map((text) => cut(text, ":"));
  return {
    anonymous,
    host: {
      Binds: binds.length > 0 ? binds : null,
      VolumeDriver: values["volume-driver"],
      VolumesFrom: values["volumes-from"].length > 0 ? [...values["volumes-from"]] : null,
      ...(tmpfs.length > 0 && {
        Tmpfs: Object.fromEntries(tmpfs.map(([path, options = ""]) => [path, options])),
      }),
      ...(values.mount.length > 0 && { Mounts: [...values.mount] }),
      ...storageOptions(values["storage-opt"]),
    },
  };
}

/** What is mounted; undefined for a volume that gets no name. A letter before a colon is a drive of Windows. */
function sourceOf(text: string): string | undefined {
  if (text === "") throw invalidArgument("invalid empty volume spec");
  if (text.length <= 2) return undefined;
  const sections: string[] = [];
  let section = "";
  for (const letter of text) {
    if (letter === ":" && !/^\p{L}$/u.test(section)) {
      sections.push(section);
      section = "";
    } else section += letter;
  }
  sections.push(section);
  const wrong = (why: string) => invalidArgument(`invalid spec: ${text}: ${why}`);
  sections.forEach((part, at) => {
    if (part === "") throw wrong("empty section between colons");
    if (at > 1 && at < sections.length - 1) throw wrong("too many colons");
  });
  return sections.length > 1 ? sections[0] : undefined;
}

const isPath = (source: string) => /^([./~]|\\\\|\p{L}:)/u.test(source);

/** The engine does not know the client's working directory. */
function withWholePath(text: string): string {
  const [host, rest] = cut(text, ":");
  return host.startsWith(".") ? `${resolve(host)}:${rest}` : text;
}

function storageOptions(list: readonly string[]) {
  if (list.length === 0) return {};
  const options = list.map((text) => {
    const [key, value] = cut(text, "=");
    if (value === undefined) throw invalidArgument("invalid storage option");
    return [key, value] as const;
  });
  return { StorageOpt: Object.fromEntries(options) };
}
