import { exitWords } from "../exit-words.ts";
import { nameOf, type WhyFacts } from "../facts.ts";
import { type Finding, note, suggest } from "../finding.ts";

/** What its restart policy did, and will do. */
export function restartsRule(facts: WhyFacts): Finding[] {
  const { State: state, HostConfig: host, RestartCount: count } = facts.container;
  const policy = host?.RestartPolicy?.Name || "no";
  const most = host?.RestartPolicy?.MaximumRetryCount ?? 0;
  const restarts = count ?? 0;
  const shown = policy === "on-failure" && most > 0 ? `on-failure:${most}` : policy;
  const name = nameOf(facts);
  if (state?.Restarting || (state?.Running && restarts > 0)) {
    const left = policy === "on-failure" && most > 0 ? `, at most ${most} times` : "";
    const now = state.Restarting ? "It is being restarted again and again" : "It has been restarted";
    return [
      note(
        "restarts",
        `${now}: ${times(restarts)} so far, by its policy ${shown}${left}.`,
        endsBefore(facts),
        [suggest(`hull update --restart no ${name}`, "stop the restarts, to look at it in peace")],
      ),
    ];
  }
  if (state?.Running || state?.Paused || state?.Status === "created") return [];
  if (policy === "on-failure" && most > 0 && restarts >= most && state?.ExitCode !== 0) {
    return [
      note(
        "restarts",
        `It was restarted ${times(restarts)}; its policy ${shown} allows no more.`,
        endsBefore(facts),
      ),
    ];
  }
  if (policy === "no") return [];
  if (policy === "on-failure" && state?.ExitCode === 0) {
    return [note("restarts", "Its policy on-failure does not start it again after exit code 0.")];
  }
  if (policy === "always" || policy === "unless-stopped") {
    return [
      note("restarts", `Its policy is ${shown}, but a container that was stopped by hand stays stopped.`),
    ];
  }
  return [];
}

const times = (count: number) => (count === 1 ? "once" : `${count} times`);

/** Exit codes of the ends the engine remembers, when they are not all told by the present state. */
function endsBefore({ events }: WhyFacts): string[] {
  const codes = events
    .filter(({ Action: action }) => action === "die")
    .map(({ Actor: actor }) => Number(actor?.Attributes?.exitCode ?? Number.NaN))
    .filter((code) => !Number.isNaN(code))
    .slice(-8);
  if (codes.length === 0) return [];
  const kinds = [...new Set(codes)];
  return kinds.length === 1
    ? [
        `Its last ${codes.length === 1 ? "end" : `${codes.length} ends`}: exit code ${kinds[0]} (${exitWords(kinds[0] ?? 0)})`,
      ]
    : [`Exit codes of its last ends: ${codes.join(", ")}`];
}
