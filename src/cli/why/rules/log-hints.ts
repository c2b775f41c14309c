import { isUp, type WhyFacts } from "../facts.ts";
import { type Finding, note, type Suggestion, suggest } from "../finding.ts";

interface Hint {
  readonly pattern: RegExp;
  readonly says: string;
  readonly next?: readonly Suggestion[];
}

/** Words many programs use for the same troubles. */
const hints: readonly Hint[] = [
  {
    pattern: /no space left on device/i,
    says: "A disk is full.",
    next: [
      suggest("hull system df", "what takes the room"),
      suggest("hull system prune --dry-run", "what could go"),
    ],
  },
  {
    pattern: /read-only file ?system/i,
    says: "It writes to a place that is read-only: mount a volume or a tmpfs there.",
  },
  {
    pattern: /address already in use|EADDRINUSE/i,
    says: "Inside of it, a port it wants to listen on is taken already: by another process in it, or by one that shares its network.",
  },
  {
    pattern:
      /temporary failure in name resolution|could not resolve host|name or service not known|no such host|ENOTFOUND|bad address '/i,
    says: "It could not resolve a name. Containers find each other by name only on a network made with `hull network create`.",
    next: [suggest("hull network ls", "which networks there are")],
  },
  {
    pattern: /connection refused|ECONNREFUSED/i,
    says: "Something it connects to does not listen (yet): localhost is the container itself, not the machine.",
  },
  {
    pattern: /permission denied|EACCES|operation not permitted|EPERM/i,
    says: "It was not allowed to do something: compare the owner of files and volumes with the user it runs as, and its capabilities.",
  },
  {
    pattern: /cannot allocate memory|out of memory|OutOfMemoryError|heap out of memory|ENOMEM/i,
    says: "The program ran out of memory by its own account: of a limit of its own, or of the container's.",
  },
  {
    pattern: /too many open files|EMFILE/i,
    says: "It has too many files open: raise the limit with --ulimit nofile=…",
  },
  {
    pattern: /resource temporarily unavailable|can't fork|cannot fork|EAGAIN/i,
    says: "It could not start another process or thread: look at --pids-limit.",
  },
];

/** What the last lines of its log speak of. */
export function logHintRule(facts: WhyFacts): Finding[] {
  const { container, log } = facts;
  if (!log || isUp(facts) || container.State?.ExitCode === 0) return [];
  const lines = log.slice(-10);
  for (const { pattern, says, next } of hints) {
    const line = lines.findLast((text) => pattern.test(text));
    if (line !== undefined) return [note("log-hint", says, [`It said: ${line.trim()}`], next)];
  }
  return [];
}
