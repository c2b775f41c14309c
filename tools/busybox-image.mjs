// The local base image: busybox:latest out of the distribution's static busybox, as `docker load` takes it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { writeTar } from "./tar-writer.mjs";

const busyboxPaths = ["/bin/busybox", "/usr/bin/busybox"];

/** Path of the packaged busybox, or undefined when it is not installed. */
export function findBusybox() {
  return busyboxPaths.find((path) => existsSync(path));
}

/** The same bytes each time for the same busybox, so loading it again changes nothing. */
export function busyboxImage(tag = "busybox:latest") {
  const path = findBusybox();
  if (!path) throw new Error("busybox is not installed (Debian package busybox-static)");
  const layer = writeTar(rootFileSystem(path));
  const architecture =
    { x64: "amd64", arm64: "arm64", arm: "arm", ia32: "386" }[process.arch] ?? process.arch;
  const created = new Date(Math.floor(statSync(path).mtimeMs / 1000) * 1000).toISOString();
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: "linux",
      created,
      config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], Cmd: ["sh"] },
      rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
      history: [
        { created, created_by: "ADD busybox.tar / # static busybox of the distribution" },
        { created, created_by: 'CMD ["sh"]', empty_layer: true },
      ],
    }),
  );
  const configName = `${sha256(config)}.json`;
  const manifest = [{ Config: configName, RepoTags: [tag], Layers: ["layer.tar"] }];
  return writeTar([
    { name: configName, type: "file", content: config },
    { name: "layer.tar", type: "file", content: layer },
    { name: "manifest.json", type: "file", content: Buffer.from(JSON.stringify(manifest)) },
  ]);
}

function rootFileSystem(busybox) {
  const directory = (name, mode = 0o755) => ({ name: `${name}/`, type: "directory", mode });
  const file = (name, text, mode = 0o644) => ({ name, type: "file", mode, content: Buffer.from(text) });
  const applets = execFileSync(busybox, ["--list"], { encoding: "utf8" })
    .split("\n")
    .filter((name) => name !== "" && name !== "busybox");
  return [
    directory("bin"),
    { name: "bin/busybox", type: "file", mode: 0o755, content: readFileSync(busybox) },
    ...applets.map((name) => ({ name: `bin/${name}`, type: "hardlink", mode: 0o755, target: "bin/busybox" })),
    ...["dev", "etc", "home", "proc", "sys", "usr", "usr/bin", "usr/sbin", "var", "var/spool"].map((name) =>
      directory(name),
    ),
    directory("root", 0o700),
    directory("tmp", 0o1777),
    { name: "usr/bin/env", type: "symlink", mode: 0o777, target: "/bin/env" },
    file(
      "etc/passwd",
      "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n",
    ),
    file("etc/group", "root:x:0:\ndaemon:x:1:\nwheel:x:10:root\nusers:x:100:\nnogroup:x:65534:\n"),
    file("etc/shadow", "root:*:::::::\ndaemon:*:::::::\nnobody:*:::::::\n", 0o640),
  ];
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
