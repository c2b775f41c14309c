import { invalidArgument } from "../../../errors/engine-error.ts";
import { booleanFlag, type FlagValues, listFlag, stringFlag } from "../flag.ts";
import { cut, recordOf } from "./csv-fields.ts";

export const lifecycleFlags = {
  cidfile: stringFlag("Write the container ID to the file"),
  "log-driver": stringFlag("Logging driver for the container"),
  "log-opt": listFlag("Log driver options"),
  restart: stringFlag("Restart policy to apply when a container exits", { initial: "no" }),
  rm: booleanFlag("Automatically remove the container and its associated anonymous volumes when it exits"),
};

export function lifecycleOf(values: FlagValues<typeof lifecycleFlags>) {
  const policy = parseRestart(values.restart);
  const options = recordOf(values["log-opt"]);
  if (values["log-driver"] === "none" && values["log-opt"].length > 0) {
    throw invalidArgument("invalid logging opts for driver none");
  }
  if (values.rm && policy.Name !== "no" && policy.Name !== "") {
    throw invalidArgument("conflicting options: cannot specify both --restart and --rm");
  }
  return {
    ContainerIDFile: values.cidfile,
    LogConfig: { Type: values["log-driver"], Config: options },
    RestartPolicy: policy,
    AutoRemove: values.rm,
  };
}

/** `always`, `on-failure:3`. Which names there are is for the engine to say. */
export function parseRestart(text: string): { Name: string; MaximumRetryCount: number } {
  const wrong = (why: string) => invalidArgument(`invalid restart policy format: ${why}`);
  const [name, count] = cut(text, ":");
  if (count !== undefined && name === "") throw wrong("no policy provided before colon");
  if (count && !/^[+-]?\d+$/.test(count)) throw wrong("maximum retry count must be an integer");
  return { Name: name, MaximumRetryCount: Number(count || 0) };
}
