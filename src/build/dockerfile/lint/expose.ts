import { docs, edited, type Finding, type Rule, type Subject } from "./rule.ts";
import { expansionOf } from "./scopes.ts";

export const exposeProtoCasing: Rule = {
  name: "ExposeProtoCasing",
  detail: "Protocol in EXPOSE instruction should be lowercase",
  url: docs("expose-proto-casing"),
  find: (subject) =>
    findPorts(
      subject,
      (port) => port.split("/")[1] !== port.split("/")[1]?.toLowerCase(),
      (port) => `Defined protocol '${port}' in EXPOSE instruction should be lowercase`,
      (port) => port.toLowerCase(),
    ),
};

export const exposeInvalidFormat: Rule = {
  name: "ExposeInvalidFormat",
  detail:
    "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release",
  url: docs("expose-invalid-format"),
  find: (subject) =>
    findPorts(
      subject,
      (port) => port.includes(":"),
      (port) => `EXPOSE instruction should not define an IP address or host-port mapping, found '${port}'`,
      (port) => port.slice(port.lastIndexOf(":") + 1),
    ),
};

function* findPorts(
  subject: Subject,
  isWrong: (port: string) => boolean,
  message: (port: string) => string,
  right: (port: string) => string,
): Generator<Finding> {
  for (const { instruction, variables } of subject.visits) {
    if (instruction.name !== "EXPOSE") continue;
    for (const written of instruction.ports) {
      for (const port of expansionOf(written, variables, subject.dockerfile)?.words ?? []) {
        if (!isWrong(port)) continue;
        yield {
          message: message(port),
          range: instruction.range,
          at: instruction,
          rewrite: edited(subject, instruction, port, right(port)),
        };
      }
    }
  }
}
