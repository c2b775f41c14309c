/**
 * Ways of a feature through the rooms: the files it passes, in order. Each of these files
 * says `// trail: NAME` at the place where the feature passes.
 */
export const trails: Readonly<Record<string, readonly string[]>> = {
  "run -p": [
    "server/handlers/containers/create.ts",
    "engine/containers/create.ts",
    "engine/containers/start.ts",
    "engine/containers/join-networks.ts",
    "network/port-publisher.ts",
    "network/plan-rules.ts",
    "network/bridge-firewall.ts",
    "sys/firewall.ts",
    "engine/containers/exit.ts",
  ],
  "run -v": [
    "server/handlers/containers/create.ts",
    "engine/containers/create.ts",
    "engine/containers/container-mounts.ts",
    "engine/mounts/plan-mounts.ts",
    "engine/containers/mount-volumes.ts",
    "engine/mounts/materialise-mounts.ts",
    "volumes/local-volume-driver.ts",
    "runtime/spec/mounts.ts",
  ],
  "exec -it": [
    "server/handlers/execs/execs.ts",
    "engine/execs/service.ts",
    "runtime/oci-task.ts",
    "runtime/exec-process.ts",
    "runtime/shim/launch.ts",
    "runtime/shim/attach.ts",
  ],
  "logs -f": [
    "server/handlers/containers/logs.ts",
    "engine/containers/logs.ts",
    "logs/file-log-reader.ts",
    "logs/log-chunks.ts",
  ],
  "engine restart": [
    "main/engine.ts",
    "engine/system/adopt.ts",
    "runtime/oci-runtime.ts",
    "network/networking.ts",
    "network/dns/name-service.ts",
    "snapshots/overlay-snapshotter.ts",
    "engine/containers/exit.ts",
  ],
  "port-forward": [
    "cli/commands/port-forward.ts",
    "client/forward/tcp-port.ts",
    "server/handlers/containers/forward.ts",
    "engine/containers/forward.ts",
    "sys/namespace-connection.ts",
  ],
  build: ["server/handlers/builds/build.ts", "engine/builds/service.ts"],
  push: [
    "server/handlers/images/push.ts",
    "engine/images/push.ts",
    "images/push/push-by-name.ts",
    "images/push/push-image.ts",
    "images/push/push-layer.ts",
  ],
  pull: [
    "server/handlers/images/pull.ts",
    "engine/images/pull.ts",
    "images/pull/pull-image.ts",
    "images/pull/pull-layers.ts",
    "images/unpack/layer-unpacker.ts",
  ],
  "image load": [
    "engine/images/service.ts",
    "images/archive/load-archive.ts",
    "images/unpack/layer-unpacker.ts",
    "images/unpack/unpack-tar.ts",
    "snapshots/overlay-snapshotter.ts",
  ],
};
