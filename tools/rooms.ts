/**
 * The rooms of the house: floor, purpose, and which rooms each may import. Imports point
 * down, type imports count. ARCHITECTURE.md shows this table; check-rooms.ts enforces it.
 */
export interface Room {
  readonly floor: number;
  readonly purpose: string;
  readonly mayImport: readonly string[];
  /** Rooms whose types it may import, but nothing that runs. */
  readonly typesFrom?: readonly string[];
}

export const rooms: Readonly<Record<string, Room>> = {
  errors: { floor: 0, purpose: "EngineError, its kinds, Docker's wordings", mayImport: [] },
  lib: { floor: 0, purpose: "one tool a file: tar, compression, locks, log, trace", mayImport: ["errors"] },
  oci: {
    floor: 0,
    purpose: "digest, reference, manifest, config, platform: types and parsers, no I/O",
    mayImport: ["errors"],
  },
  protocol: {
    floor: 0,
    purpose: "Engine API shapes (generated), version gates, stream framing: shared by both ends",
    mayImport: ["errors", "oci"],
  },
  http: {
    floor: 1,
    purpose: "HTTP/1.1 over unix and tcp: routing, hijack, JSON lines",
    mayImport: ["errors", "lib"],
  },
  sys: {
    floor: 1,
    purpose: "the only door to the kernel: mounts, namespaces, netlink, firewall, cgroup files, spawn",
    mayImport: ["errors", "lib"],
  },
  records: {
    floor: 2,
    purpose: "SQLite: containers, images, networks, volumes; migrations",
    mayImport: ["errors", "lib", "oci"],
  },
  content: {
    floor: 2,
    purpose: "blobs by digest: ingest, commit, delete",
    mayImport: ["errors", "lib", "oci"],
  },
  snapshots: { floor: 2, purpose: "overlay snapshots of layers", mayImport: ["errors", "lib", "oci", "sys"] },
  registry: {
    floor: 2,
    purpose: "client, auth and server of the distribution protocol",
    mayImport: ["errors", "lib", "oci", "http", "content"],
  },
  images: {
    floor: 2,
    purpose: "images and layers: sources, unpack, mutate, validate",
    mayImport: ["errors", "lib", "oci", "sys", "records", "content", "snapshots", "registry"],
  },
  runtime: {
    floor: 3,
    purpose: "OCI spec from config; shim; create, start, kill, exec, stdio, exit",
    mayImport: ["errors", "lib", "oci", "sys"],
    typesFrom: ["records"],
  },
  network: {
    floor: 3,
    purpose: "drivers, address management, published ports, names",
    mayImport: ["errors", "lib", "sys", "records"],
  },
  volumes: { floor: 3, purpose: "volumes and their drivers", mayImport: ["errors", "lib", "sys", "records"] },
  logs: {
    floor: 3,
    purpose: "log files written by the shim, read here",
    mayImport: ["errors", "lib", "sys", "records"],
  },
  build: {
    floor: 3,
    purpose: "Dockerfile to plan to layers",
    mayImport: ["errors", "lib", "oci", "sys", "content", "snapshots", "images"],
    typesFrom: ["records", "registry"],
  },
  engine: {
    floor: 4,
    purpose: "use cases, one file a verb; events, restart, health, repair",
    mayImport: [
      ...["errors", "lib", "oci", "sys", "records", "content", "snapshots", "registry", "images"],
      ...["runtime", "network", "volumes", "logs", "build"],
    ],
  },
  server: {
    floor: 5,
    purpose: "Engine API: route tables, handlers, errors to status",
    mayImport: ["errors", "lib", "oci", "protocol", "http", "engine"],
    typesFrom: ["records", "images", "runtime", "build"],
  },
  client: {
    floor: 5,
    purpose: "typed Engine API client",
    mayImport: ["errors", "lib", "oci", "protocol", "http"],
  },
  compose: {
    floor: 5,
    purpose: "Compose projects, through the client only",
    mayImport: ["errors", "lib", "oci", "protocol", "client"],
  },
  cli: {
    floor: 5,
    purpose: "commands, flags, output formats",
    mayImport: ["errors", "lib", "oci", "protocol", "client", "compose"],
  },
  main: { floor: 6, purpose: "picks implementations and wires them", mayImport: ["*"] },
};

/** The table as ARCHITECTURE.md shows it. */
export function roomsTable(): string {
  const rows = Object.entries(rooms).map(([name, room]) => {
    const types = room.typesFrom ? `; types of ${room.typesFrom.join(", ")}` : "";
    const from = room.mayImport.includes("*") ? "anything" : room.mayImport.join(", ") || "–";
    return `| ${room.floor} | `.concat(`\`${name}/\` | ${room.purpose} | ${from}${types} |`);
  });
  return ["| floor | room | purpose | may import |", "|---|---|---|---|", ...rows].join("\n");
}

/** Doors that only `sys/` may open. */
export const kernelDoors: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: "bun:ffi", pattern: /["']bun:ffi["']/ },
  {
    what: "process spawning",
    pattern: /["'](?:node:)?child_process["']|\bBun\.(?:spawn|spawnSync|\$)\b/,
  },
  {
    what: "reading /proc or /sys",
    pattern: /\b(?:\w*(?:read|open|write|exists|stat|access)\w*|Bun\.file)\(\s*[`"']\/(?:proc|sys)\b/i,
  },
];

/** Files that break a rule, each with its reason. */
export const exceptions: readonly { readonly file: string; readonly rule: string; readonly why: string }[] = [
  {
    file: "client/ssh/ssh-program.ts",
    rule: "process spawning",
    why: "DOCKER_HOST=ssh:// runs the user's own ssh; the client may not see sys/",
  },
  {
    file: "cli/registry-auth/credential-helper.ts",
    rule: "process spawning",
    why: "credsStore and credHelpers name programs that keep the user's passwords",
  },
  {
    file: "cli/plugins/plugin-metadata.ts",
    rule: "process spawning",
    why: "plugins of the command line are programs; each is asked what it is",
  },
  {
    file: "cli/topics/pager.ts",
    rule: "process spawning",
    why: "long help is read in the user's pager",
  },
  {
    file: "cli/forward/open-in-browser.ts",
    rule: "process spawning",
    why: "tunnel --open runs the desktop's opener",
  },
];
