import { command } from "../../command.ts";
import { copyOutput } from "../../containers/streams.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { moment } from "../../flags/moment.ts";
import { isSeveral, manyLogsFlags } from "../../logs/flags.ts";
import { checkArguments } from "../../words/usage-messages.ts";

const flags = {
  ...manyLogsFlags,
  details: booleanFlag("Show extra details provided to logs"),
  follow: booleanFlag("Follow log output", { short: "f" }),
  since: stringFlag(
    'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
  ),
  tail: stringFlag("Number of lines to show from the end of the logs", { short: "n", initial: "all" }),
  timestamps: booleanFlag("Show timestamps", { short: "t" }),
  until: stringFlag(
    'Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
  ),
};

// trail: logs -f
export const logsCommand = command({
  usage: "logs [OPTIONS] [CONTAINER...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  async run({ values, positional }, terminal, session) {
    const [id = ""] = positional;
    const { all, filter: filters, project } = values;
    if (isSeveral({ names: positional, all, filters, project })) {
      const { runSeveralLogs } = await import("../../logs/run-several.ts");
      return runSeveralLogs(values, positional, terminal, session);
    }
    checkArguments(`${session.program} logs`, { arguments: [1, 1] }, positional.length);
    const engine = await session.engine();
    const since = moment(values.since, "since");
    const until = moment(values.until, "until");
    const response = await engine.stream("ContainerLogs", {
      params: { id },
      query: {
        stdout: 1,
        stderr: 1,
        since,
        until,
        details: values.details ? 1 : undefined,
        follow: values.follow ? 1 : undefined,
        tail: values.tail,
        timestamps: values.timestamps ? 1 : undefined,
      },
    });
    // Older engines do not say whether the stream is framed: it is where there was no terminal.
    const type = response.headers.get("content-type") ?? "";
    const tty = /multiplexed|vnd\.docker\.raw/.test(type)
      ? !type.includes("multiplexed")
      : ((await engine.call("ContainerInspect", { params: { id } })).Config?.Tty ?? false);
    await copyOutput(response.body ?? new ReadableStream(), tty);
    return exitCode.ok;
  },
});
