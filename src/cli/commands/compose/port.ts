import { nameOf } from "../../../compose/observe/observed-container.ts";
import { invalidArgument, notFound } from "../../../errors/engine-error.ts";
import { goQuote } from "../../../lib/go-quote.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectName } from "../../compose/open-project.ts";
import { serviceContainer } from "../../compose/project-containers.ts";
import { exitCode } from "../../exit-code.ts";
import { integerFlag, stringFlag } from "../../flags/flag.ts";
import type { ShownPort } from "../../format/rows/ports.ts";

const flags = {
  "dry-run": dryRunFlag,
  index: integerFlag("Index of the container if service has multiple replicas"),
  protocol: stringFlag("tcp or udp", { initial: "tcp", complete: ["tcp", "udp"] }),
};

export const composePortCommand = command({
  usage: "port [OPTIONS] SERVICE PRIVATE_PORT",
  flags,
  arguments: [2, Number.POSITIVE_INFINITY],
  complete: ["services", "nothing"],
  manual: {
    about: "Says where a port of a service is reached from this machine.",
    examples: [
      ["Where the web server is", "hull compose port web 80"],
      ["Of the second replica", "hull compose port --index 2 web 80"],
    ],
    also: ["port", "publish", "port-forward"],
  },
  async run({ values, positional: [service = "", port = ""] }, terminal, session) {
    checkPort(port);
    const protocol = values.protocol.toLowerCase();
    const name = await openProjectName(terminal, session);
    const container = await serviceContainer(await session.engine(), name, { service, index: values.index });
    const ports = (container.Ports ?? []) as readonly ShownPort[];
    const found = ports.find(({ PrivatePort, Type }) => PrivatePort === Number(port) && Type === protocol);
    if (!found) {
      const others = ports.map(({ PublicPort = 0, Type }) => `${PublicPort}/${Type}`).join(", ");
      throw notFound(`no port ${Number(port)}/${protocol} for container ${nameOf(container)}: ${others}`);
    }
    terminal.out(`${found.IP ?? ""}:${found.PublicPort ?? 0}\n`);
    return exitCode.ok;
  },
});

function checkPort(text: string): void {
  const wrong = (why: string) => invalidArgument(`strconv.ParseUint: parsing ${goQuote(text)}: ${why}`);
  if (!/^\d+$/.test(text)) throw wrong("invalid syntax");
  if (Number(text) > 65_535) throw wrong("value out of range");
}
