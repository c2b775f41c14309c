import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DebianMirror } from "./debian-mirror.ts";

/** What is emptied: it belongs to the machine that made the tree, or to a run of it. */
const emptied = ["dev", "proc", "sys", "run", "tmp", "var/tmp", "var/cache/apt", "var/lib/apt/lists"];

/** Traces of the making: other on each run or on each machine. */
const removed = [
  "etc/hostname",
  "etc/resolv.conf",
  "etc/apt/sources.list",
  "etc/apt/sources.list.d",
  "var/cache/ldconfig/aux-cache",
  "var/lib/dbus/machine-id",
  "var/lib/systemd/random-seed",
  "debootstrap",
];

const oldCopies = ["var/cache/debconf", "var/lib/dpkg"];

/** What is read by people only, and takes half the space. */
const documentation = ["doc", "groff", "info", "lintian", "linda", "locale", "man"];

const settings: readonly (readonly [path: string, mode: number, text: string])[] = [
  // A service that a package brings is not started in a container.
  ["usr/sbin/policy-rc.d", 0o755, "#!/bin/sh\nexit 101\n"],
  [
    "etc/apt/apt.conf.d/docker-clean",
    0o644,
    'APT::Keep-Downloaded-Packages "false";\nDir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n',
  ],
  ["etc/apt/apt.conf.d/docker-no-languages", 0o644, 'Acquire::Languages "none";\n'],
  ["etc/apt/apt.conf.d/docker-gzip-indexes", 0o644, 'Acquire::GzipIndexes "true";\n'],
  ["etc/apt/apt.conf.d/docker-autoremove-suggests", 0o644, 'Apt::AutoRemove::SuggestsImportant "false";\n'],
  // A layer is thrown away whole when an installation fails: syncing each file is for machines.
  ["etc/dpkg/dpkg.cfg.d/docker-apt-speedup", 0o644, "force-unsafe-io\n"],
  ["etc/machine-id", 0o444, ""],
];

/** Makes an installed tree the tree of an image: the same packages leave the same files. */
export function finishDebianTree(tree: string, mirror: DebianMirror, slim: boolean): void {
  for (const path of emptied) empty(join(tree, path));
  for (const path of removed) rmSync(join(tree, path), { recursive: true, force: true });
  for (const directory of oldCopies)
    for (const name of namesIn(join(tree, directory)))
      if (name.endsWith("-old")) rmSync(join(tree, directory, name));
  removeLogs(join(tree, "var/log"));
  rmSync(join(tree, "etc/machine-id"), { force: true });
  for (const [path, mode, text] of settings) write(tree, path, mode, text);
  write(tree, "etc/apt/sources.list.d/debian.sources", 0o644, debianSources(tree, mirror));
  if (slim) makeSlim(tree);
}

function write(tree: string, path: string, mode: number, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true, mode: 0o755 });
  writeFileSync(join(tree, path), text, { mode });
}

function empty(directory: string): void {
  for (const name of namesIn(directory)) rmSync(join(directory, name), { recursive: true, force: true });
}

/** Logs that are there from the start (wtmp, lastlog) are empty; what has a line was written by the run. */
function removeLogs(directory: string): void {
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    const stats = lstatSync(path);
    if (stats.isDirectory()) removeLogs(path);
    else if (stats.size > 0 || name.endsWith(".log")) rmSync(path);
  }
}

/** Debian's own rule for small systems: copyright files stay. */
function makeSlim(tree: string): void {
  for (const name of documentation) {
    const directory = join(tree, "usr/share", name);
    for (const below of namesIn(directory)) {
      const path = join(directory, below);
      if (name === "doc" && lstatSync(path).isDirectory()) keepCopyright(path);
      else if (name !== "locale" || below !== "locale.alias") rmSync(path, { recursive: true });
    }
  }
  const excluded = documentation.map((name) => `path-exclude /usr/share/${name}/*\n`).join("");
  const kept = "path-include /usr/share/doc/*/copyright\npath-include /usr/share/locale/locale.alias\n";
  write(tree, "etc/dpkg/dpkg.cfg.d/docker", 0o644, excluded + kept);
}

function keepCopyright(directory: string): void {
  for (const name of namesIn(directory))
    if (name !== "copyright") rmSync(join(directory, name), { recursive: true });
}

/** The image takes packages from where it came from; a password in an address stays on this machine. */
function debianSources(tree: string, { sources }: DebianMirror): string {
  const keyrings = ["gpg", "pgp"].map((end) => `/usr/share/keyrings/debian-archive-keyring.${end}`);
  const keyring = keyrings.find((path) =>
    namesIn(join(tree, dirname(path))).includes(path.slice(path.lastIndexOf("/") + 1)),
  );
  const suites = new Map<string, string[]>();
  for (const { uri, suite } of sources) {
    const address = withoutPassword(uri);
    suites.set(address, [...(suites.get(address) ?? []), suite]);
  }
  return [...suites]
    .map(([uri, names]) =>
      [
        "Types: deb",
        `URIs: ${uri}`,
        `Suites: ${names.join(" ")}`,
        "Components: main",
        ...(keyring === undefined ? [] : [`Signed-By: ${keyring}`]),
        "",
      ].join("\n"),
    )
    .join("\n");
}

function withoutPassword(uri: string): string {
  return uri.replace(/^([a-z+]+:\/\/)[^/@]*@/, "$1");
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
