import { unavailable } from "../../errors/engine-error.ts";
import type { DebianMirror } from "./debian-mirror.ts";

/** A program that installs a Debian into a directory. */
export interface DebianTool {
  readonly name: "mmdebstrap" | "debootstrap";
  readonly path: string;
}

export const debianToolMissing =
  "neither mmdebstrap nor debootstrap is installed (Debian: apt install mmdebstrap)";

/** mmdebstrap first: it takes all suites at once and is faster. */
export function findDebianTool(): DebianTool | undefined {
  const PATH = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin`;
  for (const name of ["mmdebstrap", "debootstrap"] as const) {
    const path = Bun.which(name, { PATH });
    if (path) return { name, path };
  }
  return undefined;
}

/** The commands, one after another, that fill `directory`. */
export function debianCommands(tool: DebianTool, mirror: DebianMirror, directory: string): string[][] {
  const [base] = mirror.sources;
  if (!base) throw unavailable("the Debian mirror has no suite");
  const lines = mirror.sources.map(sourceLine);
  switch (tool.name) {
    case "mmdebstrap":
      return [
        [
          tool.path,
          "--mode=root",
          "--variant=minbase",
          "--format=directory",
          base.suite,
          directory,
          ...lines,
        ],
      ];
    case "debootstrap": {
      const keyring = base.signedBy === undefined ? [] : [`--keyring=${base.signedBy}`];
      const install = [tool.path, "--variant=minbase", ...keyring, base.suite, directory, base.uri];
      return lines.length === 1 ? [install] : [install, upgrade(directory, lines)];
    }
  }
  return tool.name satisfies never;
}

function sourceLine({ uri, suite, signedBy }: DebianMirror["sources"][number]): string {
  const options = signedBy === undefined ? "" : `[signed-by=${signedBy}] `;
  return `deb ${options}${uri} ${suite} main`;
}

/** debootstrap installs from one suite only: updates and security fixes come afterwards. */
function upgrade(directory: string, lines: readonly string[]): string[] {
  const script = `set -e
cd "$1"; shift
printf '%s\\n' "$@" > etc/apt/sources.list
mount -t proc proc proc
export DEBIAN_FRONTEND=noninteractive
chroot . apt-get -q update
chroot . apt-get -q -y -o Dpkg::Options::=--force-confold dist-upgrade
chroot . apt-get -q clean`;
  return ["sh", "-c", script, "upgrade", directory, ...lines.map((line) => line.replace(/\[.*?\] /, ""))];
}
