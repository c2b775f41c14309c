import { invalidArgument, notImplemented } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { bytesFlag } from "../../flags/container/number-flags.ts";
import { listFlag, mapFlag, stringFlag } from "../../flags/flag.ts";

const empty = { defaultText: "map[]" };
const flags = {
  availability: stringFlag('Cluster Volume availability ("active", "pause", "drain")', { initial: "active" }),
  driver: stringFlag("Specify volume driver name", { short: "d", initial: "local" }),
  group: stringFlag("Cluster Volume group (cluster volumes)"),
  label: mapFlag("Set metadata for a volume", { placeholder: "list" }),
  "limit-bytes": bytesFlag("Minimum size of the Cluster Volume in bytes"),
  name: stringFlag("Specify volume name", { hidden: true }),
  opt: mapFlag("Set driver specific options", { short: "o", ...empty }),
  "required-bytes": bytesFlag("Maximum size of the Cluster Volume in bytes"),
  scope: stringFlag('Cluster Volume access scope ("single", "multi")', { initial: "single" }),
  secret: mapFlag("Cluster Volume secrets", empty),
  sharing: stringFlag('Cluster Volume access sharing ("none", "readonly", "onewriter", "all")', {
    initial: "none",
  }),
  "topology-preferred": listFlag("A topology that the Cluster Volume would be preferred in"),
  "topology-required": listFlag("A topology that the Cluster Volume must be accessible from"),
  type: stringFlag('Cluster Volume access type ("mount", "block")', { initial: "block" }),
};

const ordinary = new Set(["driver", "label", "name", "opt"]);

export const createVolumeCommand = command({
  usage: "volume create [OPTIONS] [VOLUME]",
  flags,
  arguments: [0, 1],
  async run({ values, given, positional: [word] }, terminal, session) {
    if (word !== undefined && given.has("name")) {
      throw invalidArgument(
        "conflicting options: cannot specify a volume-name through both --name and as a positional arg",
      );
    }
    const cluster = [...given].find((flag) => !ordinary.has(flag));
    if (cluster !== undefined) {
      throw notImplemented(`--${cluster} is for volumes of a swarm, and Hull works on one machine`);
    }
    const engine = await session.engine();
    const volume = await engine.call("VolumeCreate", {
      body: {
        Name: word ?? values.name,
        Driver: values.driver,
        DriverOpts: values.opt,
        Labels: values.label,
      },
    });
    terminal.out(`${volume.Name}\n`);
    return exitCode.ok;
  },
});
