/**
 * Where the command line is not docker's, and why: read by `grammar.test.ts`, which holds our
 * tables against docker's own help. A command stands for all below it.
 */
type Reasons = Readonly<Record<string, string>>;

/** Commands and flags of docker's that are not here. */
export const notBuilt: Reasons = {
  "build --disable-content-trust": "docker's buildx has no such flag either",
  "builder build --disable-content-trust": "docker's buildx has no such flag either",
  "image build --disable-content-trust": "docker's buildx has no such flag either",
};

/** Commands of docker's that can do more here: their flags beside docker's are no surprise. */
export const extended: Reasons = {
  ...both(
    ["top", "diff", "logs", "inspect"],
    "shows more: all at once, sizes, the command that makes it again",
  ),
  history: "shows sizes and what wastes them",
  "image history": "shows sizes and what wastes them",
  "system prune": "a dry run",
  build: "the flags of docker's buildx, which is not in the fixture",
  "image build": "the flags of docker's buildx, which is not in the fixture",
  "builder build": "the flags of docker's buildx, which is not in the fixture",
  "builder prune": "the flags of docker's buildx, which is not in the fixture",
  "builder du": "the flags of docker's buildx, which is not in the fixture",
  ...both(["run", "create"], "--publish-mode chooses how packets reach the container"),
  help: "topics",
  completion: "for three shells",
};

function both(words: readonly string[], reason: string): Reasons {
  return Object.fromEntries(
    words.flatMap((word) => [word, `container ${word}`]).map((word) => [word, reason]),
  );
}

/** What docker has not got. */
export const beyondDocker: Reasons = {
  "network check": "compares records with the kernel",
  "port-forward": "reaches ports that are not published",
  tunnel: "reaches containers of another machine",
  buildx: "docker has it in a plugin of its own; the words of it that need no plugin",
  compose: "docker has it in a plugin of its own",
  publish: "ports of running containers",
  "builder cache": "cache mounts move between machines",
  dive: "looks into images",
  why: "explains what ended a container",
};

/** Flags with other words or another type. */
export const otherwise: Reasons = {
  build: "as docker's buildx says it, which is not in the fixture",
  "builder build": "as docker's buildx says it, which is not in the fixture",
  "image build": "as docker's buildx says it, which is not in the fixture",
  "create --pull": "docker has a stroke too many in it",
  "container create --pull": "docker has a stroke too many in it",
};

/** Commands that take other arguments, or say it otherwise. */
export const otherArguments: Reasons = {
  "builder prune": "docker forgets to say [OPTIONS]",
  logs: "several containers, or a whole project",
  "container logs": "several containers, or a whole project",
  cp: "its second form",
  "container cp": "its second form",
  diff: "it has a flag",
  "container diff": "it has a flag",
  top: "without a container it is the view of all",
  "container top": "without a container it is the view of all",
};
