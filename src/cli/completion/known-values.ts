import type { FlagCompletion } from "../flags/flag.ts";

const signals = ["HUP", "INT", "KILL", "QUIT", "TERM", "STOP", "CONT", "USR1", "USR2", "WINCH"];
const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386", "linux/ppc64le", "linux/s390x"];

/** What values of flags may be, where the flag itself does not say. By its name, or by command and name. */
const flagValues: Readonly<Record<string, FlagCompletion>> = {
  ...{ network: "networks", net: "networks", volume: "nothing", "volumes-from": "containers" },
  ...{ link: "containers", context: "contexts", from: "contexts", "cache-from": "images" },
  ...{ "env-file": "files", "label-file": "files", cidfile: "files", iidfile: "files", file: "files" },
  ...{ output: "files", input: "files", tlscacert: "files", tlscert: "files", tlskey: "files" },
  ...{ config: "folders", secret: "nothing", workdir: "folders" },
  ...{ "log-level": ["debug", "info", "warn", "error", "fatal"], signal: signals, "stop-signal": signals },
  restart: ["no", "on-failure", "always", "unless-stopped", "on-unhealthy"],
  ...{ "log-driver": ["json-file", "local", "none"], platform: platforms },
  ...{ progress: ["auto", "plain", "tty", "quiet", "rawjson"], isolation: ["default"] },
  ...{ ipc: ["host", "none", "private", "shareable", "container:"], cgroupns: ["host", "private"] },
  ...{ pid: ["host", "container:"], uts: ["host"], userns: ["host"], attach: ["stdin", "stdout", "stderr"] },
  ...{ format: ["table", "json"], driver: ["bridge", "macvlan"], runtime: ["crun", "runc"] },
  ...{ "run pull": ["always", "missing", "never"], "create pull": ["always", "missing", "never"] },
  ...{ "inspect type": ["container", "image", "network", "volume"], as: ["run", "compose", "kubernetes"] },
  ...{ "volume create driver": ["local"], "inspect format": ["json"] },
  ...{ "ps filter": ["id=", "name=", "label=", "status=", "health=", "ancestor=", "network=", "volume="] },
  ...{ "images filter": ["reference=", "dangling=", "label=", "before=", "since=", "until="] },
  ...{ "events filter": ["type=", "event=", "container=", "image=", "network=", "volume=", "label="] },
  ...{ filter: ["label=", "name=", "until=", "driver=", "dangling="] },
};

/** Kinds of arguments by the one name of a command; the last kind holds for all that follow. */
const argumentKinds: Readonly<Record<string, readonly FlagCompletion[]>> = {
  ...forAll("running", ["attach", "kill", "pause", "port", "restart", "stats", "stop", "top", "wait"]),
  ...forAll("containers", ["commit", "diff", "export", "inspect", "logs", "rename", "rm", "start"]),
  ...forAll("containers", ["unpause", "update"]),
  ...forOne("running", ["container attach", "container port", "container top", "exec"]),
  ...forOne("containers", ["container rename", "container diff", "container export", "container commit"]),
  ...forOne("images", ["container run", "container create", "image history", "image tag", "dive"]),
  ...forOne("running", ["port-forward", "publish add", "publish rm"]),
  ...{ why: ["containers"], "publish ls": ["containers"], inspect: ["containers"] },
  ...{ "container cp": ["files"], "image build": ["folders"], "builder build": ["folders"] },
  ...{
    "image rm": ["images"],
    "image inspect": ["images"],
    "image push": ["images"],
    "image save": ["images"],
  },
  ...{
    "image ls": ["images"],
    "image pull": ["images"],
    "image import": ["files"],
    "image load": ["nothing"],
  },
  ...{ "network rm": ["networks"], "network inspect": ["networks"] },
  ...{ "network connect": ["networks", "containers"], "network disconnect": ["networks", "containers"] },
  ...{ "volume rm": ["volumes"], "volume inspect": ["volumes"] },
  ...{ "context use": ["contexts", "nothing"], "context rm": ["contexts"], "context inspect": ["contexts"] },
  ...{ "context update": ["contexts", "nothing"], "context export": ["contexts", "files"] },
  ...{ "context import": ["nothing", "files"], bootstrap: [["busybox", "debian:bookworm"], "nothing"] },
};

function forAll(kind: FlagCompletion, verbs: readonly string[]): Record<string, FlagCompletion[]> {
  return Object.fromEntries(verbs.map((verb) => [`container ${verb}`, [kind]]));
}

function forOne(kind: FlagCompletion, names: readonly string[]): Record<string, FlagCompletion[]> {
  return Object.fromEntries(names.map((name) => [name, [kind, "nothing"]]));
}

export function knownFlagValues(path: readonly string[], name: string): FlagCompletion | undefined {
  const keys = [[...path, name].join(" "), [path.at(-1) ?? "", name].join(" "), name];
  const key = keys.find((each) => Object.hasOwn(flagValues, each));
  return key === undefined ? undefined : flagValues[key];
}

export function knownArguments(canonical: string): readonly FlagCompletion[] | undefined {
  return Object.hasOwn(argumentKinds, canonical) ? argumentKinds[canonical] : undefined;
}
