import type { NetworkCheckResponse, NetworkFinding } from "../../../protocol/extensions.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";

const flags = {
  "dry-run": booleanFlag("Only say what is wrong, change nothing"),
};

/** Succeeds when all is well afterwards. */
export const networkCheckCommand = command({
  usage: "network check [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values }, terminal, session) {
    const engine = await session.engine();
    const { Findings } = await engine.extension<NetworkCheckResponse>("POST", "/networks/check", {
      query: { dryrun: values["dry-run"] },
    });
    for (const finding of Findings) terminal.out(`${describe(finding)}\n`);
    return Findings.every((finding) => finding.Mended) ? exitCode.ok : exitCode.failed;
  },
});

function describe({ Problem, Mended, Failure }: NetworkFinding): string {
  if (Mended) return `repaired: ${Problem}`;
  return Failure === undefined ? `found: ${Problem}` : `cannot be repaired: ${Problem}: ${Failure}`;
}
