import type { HealthcheckResult } from "../../../protocol/generated/types.ts";
import { humanDuration } from "../../../protocol/human-duration.ts";
import { isUp, nameOf, type WhyFacts } from "../facts.ts";
import { cause, type Finding, note, suggest } from "../finding.ts";

/** What its health check says, and why it fails. */
export function healthRule(facts: WhyFacts): Finding[] {
  const { State: state, Config: config } = facts.container;
  const health = state?.Health;
  if (!health || !isUp(facts) || health.Status === "healthy" || health.Status === "none") return [];
  const test = testText(config?.Healthcheck?.Test ?? []);
  const failed = (health.Log ?? []).filter((result) => (result?.ExitCode ?? 0) !== 0);
  const last = failed.at(-1);
  const streak = health.FailingStreak ?? 0;
  const details = [`Its check: ${test}`, ...resultLines(last)];
  const retries = config?.Healthcheck?.Retries || 3;
  const inspect = suggest(
    `hull exec ${nameOf(facts)} ${shellForm(config?.Healthcheck?.Test ?? [])}`,
    "run the check by hand",
  );
  if (health.Status === "starting") {
    if (!last)
      return [
        note("health", "Its health is not known yet: the first checks are to come.", [`Its check: ${test}`]),
      ];
    return [
      note(
        "health",
        `Its health is not known yet; the last check failed (${streak} of ${retries}).`,
        details,
        [inspect],
      ),
    ];
  }
  const hint = probeHint(last);
  return [
    cause(
      "health",
      `It is unhealthy: its check failed ${times(streak)} in a row.`,
      [...details, ...hint],
      [inspect],
    ),
  ];
}

const times = (count: number) => (count === 1 ? "once" : `${count} times`);

function resultLines(result: HealthcheckResult | undefined): string[] {
  if (!result) return [];
  const output = (result.Output ?? "").trim();
  const took = Date.parse(result.End ?? "") - Date.parse(result.Start ?? "");
  const end = result.ExitCode === -1 ? "did not end in time" : `exit code ${result.ExitCode}`;
  const duration = Number.isNaN(took) || took < 1000 ? "" : ` after ${humanDuration(took / 1000)}`;
  if (output === "") return [`Its last failure: ${end}${duration}, without a word`];
  return [
    `Its last failure: ${end}${duration}`,
    ...output
      .split("\n")
      .slice(-5)
      .map((line) => `  ${line.trimEnd()}`),
  ];
}

/** Checks that can never pass are the commonest kind. */
function probeHint(result: HealthcheckResult | undefined): string[] {
  const output = result?.Output ?? "";
  const missing =
    /(?:exec: "|sh: (?:\d+: )?|: )?([\w.+-]+)"?: (?:executable file not found|not found|command not found)/.exec(
      output,
    );
  if (missing) return [`The check itself cannot run: the image has no ${JSON.stringify(missing[1])}.`];
  if (/connection refused/i.test(output))
    return ["Nothing listens there: is the port right, and does it listen on 127.0.0.1 or all addresses?"];
  return [];
}

function testText(test: readonly string[]): string {
  const [kind, ...words] = test;
  return kind === "CMD-SHELL" || kind === "CMD" ? words.join(" ") : "as its image says";
}

function shellForm(test: readonly string[]): string {
  const [kind, ...words] = test;
  const quoted = (word: string) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
  return kind === "CMD-SHELL" ? `sh -c ${quoted(words.join(" "))}` : words.map(quoted).join(" ");
}
