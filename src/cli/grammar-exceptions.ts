/**
 * Where the command line is not docker's, and why: read by `grammar.test.ts`, which holds our
 * tables against docker's own help. A command stands for all below it.
 */
type Reasons = Readonly<Record<string, string>>;

/** Commands and flags of docker's that are not here. */
export const notBuilt: Reasons = {};

/** Being built beside: they may be there already. */
export const arriving: Reasons = Object.fromEntries(
  [
    ...["attach", "cp", "create", "exec", "logs", "run", "start"].flatMap((word) => [
      word,
      `container ${word}`,
    ]),
    ...[
      "build",
      "image build",
      "builder",
      "login",
      "logout",
      "top",
      "system prune",
      "inspect",
      "diff",
      "history",
    ],
    ...[
      "container diff",
      "container top",
      "image history",
      "container inspect",
      "container logs",
      "help",
      "completion",
    ],
  ].map((word) => [word, "built at the same time"]),
);

/** What docker has not got. */
export const beyondDocker: Reasons = {
  "network check": "compares records with the kernel",
  "port-forward": "reaches ports that are not published",
  tunnel: "reaches containers of another machine",
  buildx: "docker has it in a plugin of its own; the words of it that need no plugin",
  publish: "ports of running containers",
  dive: "looks into images",
  why: "explains what ended a container",
};

/** Flags with other words or another type. */
export const otherwise: Reasons = {};

/** Commands that take other arguments, or say it otherwise. */
export const otherArguments: Reasons = {
  "builder prune": "docker forgets to say [OPTIONS]",
  logs: "several containers, or a whole project",
  "container logs": "several containers, or a whole project",
  diff: "it has a flag",
  "container diff": "it has a flag",
  top: "without a container it is the view of all",
  "container top": "without a container it is the view of all",
};
