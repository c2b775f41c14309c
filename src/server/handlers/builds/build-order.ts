import type { BuildOrder } from "../../../engine/services/builds.ts";
import { invalidArgument, notImplemented } from "../../../errors/engine-error.ts";
import { familiarReference, parseReference, withDefaultTag } from "../../../oci/reference.ts";
import type { ApiCall } from "../../api-call.ts";
import { parsePlatform } from "../../wire/platform.ts";
import { registryConfig } from "../../wire/registry-config.ts";
import { buildLimits } from "./build-limits.ts";
import { orderedCaches, orderedContexts, orderedOutputs } from "./build-places.ts";
import { textList, textMap } from "./json-parameter.ts";

/** The query of `POST /build`: Docker's parameters, and those of docs/api-extensions.md. */
export function buildOrder(call: ApiCall): Omit<BuildOrder, "onEvent" | "onShell" | "signal"> {
  refuseForeign(call);
  const outputs = orderedOutputs(call);
  const checkOnly = call.flag("check");
  return {
    buildId: call.text("buildid"),
    session: call.text("session"),
    context: contextOf(call),
    dockerfile: dockerfileOf(call),
    namedContexts: orderedContexts(call),
    target: call.text("target") ?? "",
    tags: tagsOf(call),
    buildArgs: textMap(call, "buildargs"),
    labels: textMap(call, "labels"),
    platforms: platformsOf(call),
    noCache: noCacheOf(call),
    pull: call.flag("pull"),
    network: networkOf(call.text("networkmode")),
    hosts: hostsOf(call),
    limits: buildLimits(call),
    credentials: registryConfig(call.request.headers.get("x-registry-config")),
    allow: allowed(call),
    cacheFrom: orderedCaches(call, "cachefrom"),
    cacheTo: orderedCaches(call, "cacheto"),
    outputs: outputs.length > 0 || checkOnly ? outputs : [{ kind: "image", push: false }],
    squash: call.flag("squash"),
    unset: unsetOf(call),
    explain: call.flag("explain"),
    checkOnly,
  };
}

/** What belongs to another builder, or another system. */
function refuseForeign(call: ApiCall): void {
  const version = call.text("version") ?? "1";
  if (version === "2") {
    throw notImplemented(
      "this engine has no BuildKit: build with DOCKER_BUILDKIT=0 docker build, or with hull build",
    );
  }
  if (version !== "1") throw invalidArgument(`invalid version ${JSON.stringify(version)}`);
  const isolation = call.text("isolation");
  if (isolation !== undefined && isolation !== "default") {
    throw invalidArgument(`Unsupported isolation: ${JSON.stringify(isolation)}`);
  }
  const progress = call.text("progress");
  if (progress !== undefined && progress !== "events") {
    throw invalidArgument(`invalid value for progress: ${JSON.stringify(progress)}: must be events`);
  }
  const onError = call.text("onerror");
  if (onError !== undefined && (onError !== "shell" || progress === undefined)) {
    throw invalidArgument(
      `invalid value for onerror: ${JSON.stringify(onError)}: must be shell, with progress=events`,
    );
  }
  if (call.list("securityopt").some((word) => word !== "")) {
    throw invalidArgument("The daemon on this platform does not support setting security options on build");
  }
}

function contextOf(call: ApiCall): BuildOrder["context"] {
  const url = call.text("remote");
  // `client-session` is BuildKit's word for a context that only its own session has.
  if (url === "client-session") throw notImplemented("contexts of BuildKit's sessions are not supported");
  if (url !== undefined) return { kind: "remote", url };
  return call.flag("nocontext") ? { kind: "none" } : { kind: "tar", body: call.request.body };
}

function dockerfileOf(call: ApiCall): BuildOrder["dockerfile"] {
  const name = call.text("dockerfile") ?? "Dockerfile";
  const upload = call.text("dockerfilefrom");
  return upload === undefined ? { inContext: name } : { upload, name };
}

function tagsOf(call: ApiCall): string[] {
  const tags = call.list("t").filter((name) => name !== "");
  return [
    ...new Set(
      tags.map((name) => {
        const reference = parseReference(name);
        if (reference.digest !== undefined) {
          throw invalidArgument("build tag cannot contain a digest");
        }
        return familiarReference(withDefaultTag(reference));
      }),
    ),
  ];
}

function platformsOf(call: ApiCall): BuildOrder["platforms"] {
  const text = call.text("platform");
  if (text === undefined) return [];
  const words = text.startsWith("{") ? [text] : text.split(",");
  return words.flatMap((word) => parsePlatform(word.trim()) ?? []);
}

function noCacheOf(call: ApiCall): BuildOrder["noCache"] {
  if (call.flag("nocache")) return true;
  const stages = textList(call, "nocachefilter");
  return stages.length > 0 ? stages : false;
}

function networkOf(mode = "default"): BuildOrder["network"] {
  if (mode === "none" || mode === "host" || mode === "default") return mode;
  if (mode === "bridge") return "default";
  if (mode.startsWith("container:")) {
    throw notImplemented(`building in the network of a container (${JSON.stringify(mode)}) is not supported`);
  }
  return { name: mode };
}

/** `name:address` each; an IPv6 address may stand in brackets. */
function hostsOf(call: ApiCall): BuildOrder["hosts"] {
  const words = call.list("extrahosts").filter((word) => word !== "");
  return words.map((word) => {
    const at = word.search(/[:=]/);
    const name = word.slice(0, Math.max(at, 0));
    const address = word.slice(at + 1).replace(/^\[(.*)\]$/, "$1");
    if (name === "" || address === "") {
      throw invalidArgument(`bad format for add-host: ${JSON.stringify(word)}`);
    }
    return { name, address };
  });
}

function allowed(call: ApiCall): BuildOrder["allow"] {
  const words = textList(call, "allow");
  const known = ["network.host", "security.insecure"] as const;
  return new Set(
    words.map((word) => {
      const found = known.find((name) => name === word);
      if (!found)
        throw invalidArgument(`unknown entitlement ${JSON.stringify(word)}: must be ${known.join(" or ")}`);
      return found;
    }),
  );
}

/** `VOLUME=/x` */
function unsetOf(call: ApiCall): BuildOrder["unset"] {
  const kinds = ["VOLUME", "EXPOSE", "ENV", "LABEL"] as const;
  return textList(call, "unset").map((word) => {
    const at = word.indexOf("=");
    const kind = kinds.find((name) => name === word.slice(0, Math.max(at, 0)).toUpperCase());
    const name = word.slice(at + 1);
    if (!kind || name === "") {
      throw invalidArgument(`invalid unset ${JSON.stringify(word)}: must be ${kinds.join("=…, ")}=…`);
    }
    return { kind, name };
  });
}
