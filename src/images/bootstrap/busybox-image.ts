import { readFileSync, statSync } from "node:fs";
import { unavailable } from "../../errors/engine-error.ts";
import { epochSeconds, type TarEntry } from "../../lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../lib/tar/tar-writer.ts";
import { sha256 } from "../../oci/digest.ts";
import { busyboxApplets } from "../../sys/busybox-applets.ts";
import { type LocalImage, localImage } from "./local-image.ts";
import { isStaticExecutable } from "./static-executable.ts";

/** Where distributions put a busybox that needs no libraries. */
const usualPaths = [
  "/bin/busybox",
  "/usr/bin/busybox",
  "/bin/busybox.static",
  "/usr/bin/busybox-static",
  "/sbin/busybox",
  "/usr/sbin/busybox",
  "/usr/lib/busybox/bin/busybox",
  "/usr/local/bin/busybox",
];

/** The first static busybox of this machine; undefined: there is none. */
export function findBusybox(paths: readonly string[] = usualPaths): string | undefined {
  return paths.find((path) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
    return isStaticExecutable(readFileSync(path));
  });
}

export const busyboxMissing = "no static busybox is installed (Debian: apt install busybox-static)";

/**
 * `busybox` out of a static binary of this machine. Nothing in it depends on when or where it
 * is made: the same binary gives the same image.
 */
export function busyboxImage(binary = findBusybox()): LocalImage {
  if (binary === undefined) throw unavailable(busyboxMissing);
  const bytes = readFileSync(binary);
  if (!isStaticExecutable(bytes))
    throw unavailable(`"${binary}" is not a static executable: ${busyboxMissing}`);
  const layer = busyboxLayer(bytes, busyboxApplets(binary));
  return localImage(
    {
      diffId: sha256(layer),
      size: layer.length,
      bytes: async function* () {
        yield layer;
      },
    },
    {
      runConfig: {
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        Cmd: ["sh"],
      },
      // Not the binary's own time: that is when a package was installed or a file was copied.
      created: 0,
      createdBy: "hull bootstrap busybox",
    },
  );
}

const directories: readonly (readonly [string, number])[] = [
  ["bin", 0o755],
  ["dev", 0o755],
  ["etc", 0o755],
  ["home", 0o755],
  ["proc", 0o755],
  ["root", 0o700],
  ["sbin", 0o755],
  ["sys", 0o755],
  ["tmp", 0o1777],
  ["usr", 0o755],
  ["usr/bin", 0o755],
  ["usr/sbin", 0o755],
  ["var", 0o755],
  ["var/spool", 0o755],
  ["var/spool/mail", 0o755],
  ["var/www", 0o755],
];

const passwd = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`;

const group = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
mail:x:8:
kmem:x:9:
wheel:x:10:root
dialout:x:18:
www-data:x:33:
utmp:x:43:
plugdev:x:46:
staff:x:50:
users:x:100:
nogroup:x:65534:
`;

const files: readonly (readonly [string, number, string])[] = [
  ["etc/group", 0o644, group],
  ["etc/hosts", 0o644, "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"],
  ["etc/passwd", 0o644, passwd],
  ["etc/shadow", 0o640, "root:*::0:::::\nnobody:*::0:::::\n"],
  ["etc/os-release", 0o644, 'NAME="Busybox"\nID=busybox\nPRETTY_NAME="Busybox (made on this machine)"\n'],
];

/** The layer: the binary once, every command a hard link to it, as the well-known image has them. */
function busyboxLayer(binary: Uint8Array, applets: readonly string[]): Buffer {
  const common = { uid: 0, gid: 0, modified: epochSeconds(0), size: 0 };
  const parts: Uint8Array[] = [];
  const add = (entry: TarEntry, content: Uint8Array = new Uint8Array(0)) =>
    parts.push(formatHeader(entry), content, paddingAfter(content.length));
  const file = (path: string, mode: number, content: Uint8Array) =>
    add({ ...common, path, type: "file", mode, size: content.length }, content);
  for (const [path, mode] of directories) add({ ...common, path: `${path}/`, type: "directory", mode });
  file("bin/busybox", 0o755, binary);
  for (const name of applets) {
    if (name === "busybox") continue;
    add({ ...common, path: `bin/${name}`, type: "hardlink", mode: 0o755, linkTarget: "bin/busybox" });
  }
  add({ ...common, path: "usr/bin/env", type: "symlink", mode: 0o777, linkTarget: "../../bin/env" });
  for (const [path, mode, content] of files) file(path, mode, Buffer.from(content));
  parts.push(endOfArchive());
  return Buffer.concat(parts);
}
