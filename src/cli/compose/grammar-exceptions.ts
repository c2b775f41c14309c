/**
 * Where `hull compose` is not Docker Compose, and why: read by `grammar.test.ts`, which holds our
 * tables against Docker Compose's own help. A command stands for all below it.
 */
type Reasons = Readonly<Record<string, string>>;

/** Commands and flags of Docker Compose's that are not here. */
export const notBuilt: Reasons = {
  "compose bridge convert": "bridge answers with one sentence, whatever stands behind it",
};

/** What Docker Compose has not got. */
export const beyondCompose: Reasons = {
  "compose graph": "draws a project",
  "compose convert": "makes Kubernetes manifests; without --to it is config, whose alias it is there",
  "compose config --explain": "says where a value came from",
};

/** Flags with other words or another type. */
export const otherwise: Reasons = {};

/** Summaries that say more, or less. */
export const otherSummaries: Reasons = {
  compose: "does not say with whose program",
  "compose rm": "the help of Docker Compose says it too, further down",
};

/** Commands that take other arguments, or say it otherwise. */
export const otherArguments: Reasons = {
  "compose cp": "its second form has no name of a program in it",
};
