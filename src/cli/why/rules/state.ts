import { exitWords } from "../exit-words.ts";
import { isUp, nameOf, type WhyFacts } from "../facts.ts";
import { cause, type Finding, suggest } from "../finding.ts";

/** What the state alone explains. */
export function stateRule(facts: WhyFacts): Finding[] {
  const state = facts.container.State;
  const name = nameOf(facts);
  if (state?.Paused) {
    return [
      cause(
        "paused",
        "It is paused: its processes are frozen, and answer nobody.",
        [],
        [suggest(`hull unpause ${name}`, "let it run on")],
      ),
    ];
  }
  switch (state?.Status) {
    case "created":
      if (state.Error) return [];
      return [
        cause(
          "never-started",
          "It was made, but never started.",
          [],
          [suggest(`hull start ${name}`, "start it")],
        ),
      ];
    case "removing":
      return [
        cause(
          "removing",
          "It is being removed.",
          [],
          [suggest(`hull rm -f ${name}`, "try again, when it stays so")],
        ),
      ];
    case "dead":
      return [
        cause(
          "removing",
          "It is dead: it was to be removed, and that failed halfway.",
          [],
          [suggest(`hull rm -f ${name}`, "try again")],
        ),
      ];
    default:
      return [];
  }
}

/** When no other rule knows better: what the engine said, or the exit code. */
export function lastResortRule(facts: WhyFacts): Finding[] {
  const { State: state, HostConfig: host } = facts.container;
  const name = nameOf(facts);
  if (isUp(facts) || state?.Paused) return [];
  if (state?.Error) {
    return [
      cause(
        "start-refused",
        `The engine could not start it: ${state.Error}`,
        [],
        [suggest(`hull start ${name}`, "try again")],
      ),
    ];
  }
  if (state?.Status === "created") return [];
  const code = state?.ExitCode ?? 0;
  if (code === 0) {
    const detached =
      host?.RestartPolicy?.Name === "always"
        ? []
        : [
            "A container lives as long as its first process: a program that goes to the background, or a shell without input, ends at once.",
          ];
    return [
      cause("finished", "Its program ended by itself, and successfully.", detached, [
        suggest(`hull start -a ${name}`, "run it again, and watch it"),
      ]),
    ];
  }
  return [
    cause(
      "exit-code",
      `Its program ended by itself with exit code ${code}: ${exitWords(code)}.`,
      [],
      [
        suggest(`hull logs --tail 100 ${name}`, "what it said before"),
        suggest(`hull start -a ${name}`, "run it again, and watch it"),
      ],
    ),
  ];
}
