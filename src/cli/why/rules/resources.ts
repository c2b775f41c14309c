import { isUp, nameOf, type WhyFacts } from "../facts.ts";
import { cause, type Finding, note, suggest } from "../finding.ts";

/** A port somebody else has. */
export function portRule(facts: WhyFacts): Finding[] {
  const error = facts.container.State?.Error ?? "";
  const port = takenPort(error);
  if (!port || isUp(facts)) return [];
  const { portHolder: known } = facts;
  const name = nameOf(facts);
  const start = suggest(`hull start ${name}`, "start it again");
  if (known && known.holder === "") {
    return [
      cause("port-conflict", `The port ${port.text} was taken when it started; it is free now.`, [], [start]),
    ];
  }
  const by = known ? ` by ${known.holder}` : "";
  const stop = known?.container ? [suggest(`hull stop ${known.container}`, "free the port"), start] : [];
  return [
    cause(
      "port-conflict",
      `The port ${port.text} of the machine is taken${by}.`,
      [],
      [
        ...stop,
        suggest(`hull inspect --as run ${name}`, "the command it was made with, to publish another port"),
      ],
    ),
  ];
}

export interface TakenPort {
  readonly address: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly text: string;
}

/** Engines say it in several ways. */
export function takenPort(error: string): TakenPort | undefined {
  if (!/already allocated|already in use|already published|is taken/.test(error)) return undefined;
  const found =
    /(?:Bind for|listen (?:tcp|udp)[46]?|bind host port(?: for)?) \[?([0-9a-fA-F.:]*?)\]?:(\d+)(?:\/(tcp|udp))?/.exec(
      error,
    );
  if (!found) return undefined;
  const protocol = found[3] === "udp" || /listen udp/.test(error) ? "udp" : "tcp";
  const port = Number(found[2]);
  return { address: found[1] || "0.0.0.0", port, protocol, text: `${port}/${protocol}` };
}

/** Sources of mounts, devices, users and folders an engine missed when it started the container. */
export function startErrorRule(facts: WhyFacts): Finding[] {
  const state = facts.container.State;
  const error = state?.Error ?? "";
  if (error === "" || isUp(facts)) return [];
  for (const { pattern, finding } of known) {
    const match = pattern.exec(error);
    if (match) return [finding(match, facts)];
  }
  return [];
}

interface Known {
  readonly pattern: RegExp;
  finding(match: RegExpExecArray, facts: WhyFacts): Finding;
}

const remake = (facts: WhyFacts) =>
  suggest(`hull inspect --as run ${nameOf(facts)}`, "the command it was made with, to correct it");

const known: readonly Known[] = [
  {
    pattern: /bind source path does not exist: ([^:]+)/,
    finding: ([, path], facts) =>
      cause(
        "mount",
        `${path} is to be mounted in it, but is not there on the engine's machine.`,
        [],
        [suggest(`mkdir -p ${path}`, "on the engine's machine: make it, when it is a folder"), remake(facts)],
      ),
  },
  {
    pattern: /the mount source (\S+) \(for ([^)]+)\) does not exist/,
    finding: ([, path, target], facts) =>
      cause(
        "mount",
        `${path} is to be mounted on ${target}, but is not there on the engine's machine.`,
        [],
        [suggest(`mkdir -p ${path}`, "on the engine's machine: make it, when it is a folder"), remake(facts)],
      ),
  },
  {
    pattern:
      /error (?:while )?mounting "([^"]+)" to rootfs at "([^"]+)".*?(not a directory|no such file or directory|permission denied|$)/,
    finding: ([, source, target, reason], facts) =>
      cause(
        "mount",
        `${source} cannot be mounted on ${target}: ${reason || "the kernel refused it"}.`,
        reason === "not a directory" ? ["One of the two is a folder, and the other a file."] : [],
        [remake(facts)],
      ),
  },
  {
    pattern: /failed to mount local volume: (.*)$/,
    finding: ([, reason], facts) =>
      cause(
        "mount",
        `Its volume cannot be mounted: ${reason}.`,
        [],
        [suggest(`hull volume inspect ${volumeNames(facts)}`, "the options the volume was made with")],
      ),
  },
  {
    pattern: /(?:unable to find (user|group) ([^:\s]+)|user: (unknown) userid)/,
    finding: ([, what = "user", who = ""], facts) =>
      cause(
        "user",
        `It is to run as ${what} ${JSON.stringify(who)}, which its image does not know.`,
        [`/etc/${what === "group" ? "group" : "passwd"} of the image has no such line; numbers always work.`],
        [remake(facts)],
      ),
  },
  {
    pattern: /chdir to cwd \("?([^")]+)"?\).*: (.*)$/,
    finding: ([, folder, reason], facts) =>
      cause(
        "working-directory",
        `Its working directory ${folder} cannot be entered: ${reason}.`,
        [],
        [remake(facts)],
      ),
  },
  {
    pattern:
      /(?:custom device|device node|device) "([^"]+)"?: (?:stat |lstat )?(.*no such file or directory)/,
    finding: ([, device], facts) =>
      cause("device", `The device ${device} is not there on the engine's machine.`, [], [remake(facts)]),
  },
  {
    pattern: /could not select device driver "([^"]*)" with capabilities: (.*)$/,
    finding: ([, , wanted], facts) =>
      cause("device", `The engine has no driver for the devices it wants (${wanted}).`, [], [remake(facts)]),
  },
  {
    pattern: /network (\S+) not found/,
    finding: ([, network], facts) =>
      cause(
        "network-missing",
        `Its network ${network} is gone.`,
        [],
        [
          suggest(`hull network create ${network}`, "make it again"),
          suggest(
            `hull inspect --as run ${nameOf(facts)}`,
            "the command to make the container on the new network",
          ),
        ],
      ),
  },
];

function volumeNames({ container }: WhyFacts): string {
  return (container.Mounts ?? [])
    .filter(({ Type: type }) => type === "volume")
    .map(({ Name: volume }) => volume)
    .join(" ");
}

/** Things it refers to that are gone. */
export function missingRule(facts: WhyFacts): Finding[] {
  const say = isUp(facts) ? note : cause;
  const volumes = facts.missingVolumes.map((volume) =>
    say(
      "volume-missing",
      `Its volume ${JSON.stringify(volume)} is gone.`,
      [],
      [suggest(`hull volume create ${volume}`, "make it again, empty")],
    ),
  );
  const networks = facts.missingNetworks.map((network) =>
    say(
      "network-missing",
      `Its network ${JSON.stringify(network)} is gone.`,
      [],
      [
        suggest(`hull network create ${network}`, "make it again"),
        suggest(
          `hull inspect --as run ${nameOf(facts)}`,
          "the command to make the container on the new network",
        ),
      ],
    ),
  );
  const image = facts.image
    ? []
    : [
        note(
          "image-missing",
          `Its image ${facts.container.Config?.Image ?? ""} is gone: it can run, but not be made again from here.`,
          [],
          [suggest(`hull pull ${facts.container.Config?.Image ?? "IMAGE"}`, "get it again")],
        ),
      ];
  return [...volumes, ...networks, ...image];
}
