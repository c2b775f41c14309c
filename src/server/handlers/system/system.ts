import type { DiskUsageType, SystemService } from "../../../engine/services/system.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { emptyReply, jsonReply, type Reply, textReply } from "../../../http/reply.ts";
import type { DiskPartsResponse, ReclaimableResponse } from "../../../protocol/extensions.ts";
import { parseBody } from "../../../protocol/validate.ts";
import type { ApiCall } from "../../api-call.ts";
import { jsonLines } from "../../json-lines.ts";
import { wireBuildCache } from "../../wire/build-cache.ts";
import { summarizeContainer } from "../../wire/container.ts";
import { wireEvent } from "../../wire/event.ts";
import { summarizeImage } from "../../wire/image.ts";
import { wireInfo, wireVersion } from "../../wire/info.ts";
import { wireVolume } from "../../wire/volume.ts";

const pingHeaders = {
  "Cache-Control": "no-cache, no-store, must-revalidate",
  Pragma: "no-cache",
  Swarm: "inactive",
};

export async function pingHandler(call: ApiCall): Promise<Reply> {
  if (call.request.method === "HEAD") {
    return emptyReply(200, { "Content-Type": "text/plain; charset=utf-8", ...pingHeaders });
  }
  return textReply(200, "OK", pingHeaders);
}

export async function getVersion(_call: ApiCall, system: SystemService): Promise<Reply> {
  return jsonReply(200, wireVersion(await system.info()));
}

export async function getInfo(call: ApiCall, system: SystemService): Promise<Reply> {
  return jsonReply(200, wireInfo(await system.info(), call.version));
}

const diskUsageTypes: readonly DiskUsageType[] = ["container", "image", "volume", "build-cache"];

export async function getDisk(_: ApiCall, system: SystemService): Promise<Reply> {
  const { root, parts, total } = await system.disk();
  const body: DiskPartsResponse = {
    Root: root,
    Total: total,
    Parts: parts.map(({ name, bytes }) => ({ Name: name, Size: bytes })),
  };
  return jsonReply(200, body);
}

export async function getReclaimable(call: ApiCall, system: SystemService): Promise<Reply> {
  const body: ReclaimableResponse = { Size: await system.reclaimable(call.list("image")) };
  return jsonReply(200, body);
}

export async function getDiskUsage(call: ApiCall, system: SystemService): Promise<Reply> {
  const types = wantedTypes(call);
  const usage = await system.diskUsage(types);
  return jsonReply(200, {
    LayersSize: types.has("image") ? usage.layersSize : 0,
    Images: types.has("image") ? usage.images.map((view) => summarizeImage(view, call.version)) : null,
    Containers: types.has("container")
      ? usage.containers.map((view) => summarizeContainer(view, call.version))
      : null,
    Volumes: types.has("volume") ? usage.volumes.map(wireVolume) : null,
    BuildCache: types.has("build-cache")
      ? usage.buildCache.map((entry) => wireBuildCache(entry, call.version))
      : null,
    ...(!call.atLeast("1.42") && { BuilderSize: usage.buildCache.reduce((sum, { size }) => sum + size, 0) }),
  });
}

function wantedTypes(call: ApiCall): ReadonlySet<DiskUsageType> {
  const words = call.atLeast("1.42") ? call.list("type") : [];
  if (words.length === 0) return new Set(diskUsageTypes);
  return new Set(
    words.map((word) => {
      const type = diskUsageTypes.find((known) => known === word);
      if (!type) throw invalidArgument(`unknown object type: ${word}`);
      return type;
    }),
  );
}

const eventFilters = [
  "config",
  "container",
  "daemon",
  "event",
  "image",
  "label",
  "network",
  "node",
  "plugin",
  "scope",
  "secret",
  "service",
  "type",
  "volume",
];

export async function getEvents(call: ApiCall, system: SystemService): Promise<Reply> {
  const since = call.time("since");
  const until = call.time("until");
  if (since !== undefined && until !== undefined && until < since) {
    throw invalidArgument(
      `\`since\` time (${call.text("since")}) cannot be after \`until\` time (${call.text("until")})`,
    );
  }
  const query = { since, until, filters: call.filters(eventFilters) };
  return jsonLines(call.request.id, async (send, signal) => {
    for await (const event of system.events(query, signal)) await send(wireEvent(event));
  });
}

export async function postAuth(call: ApiCall, system: SystemService): Promise<Reply> {
  const json = await call.json();
  const body = await parseBody("SystemAuth", json);
  const { status, identityToken } = await system.authenticate(
    {
      username: body.username ?? "",
      password: body.password ?? "",
      serverAddress: body.serveraddress ?? "",
      identityToken: identityTokenOf(json),
    },
    call.request.signal,
  );
  return jsonReply(200, { Status: status, IdentityToken: identityToken });
}

/** Clients send it, the API file does not know it. */
function identityTokenOf(json: unknown): string {
  if (typeof json !== "object" || json === null || !("identitytoken" in json)) return "";
  return typeof json.identitytoken === "string" ? json.identitytoken : "";
}
