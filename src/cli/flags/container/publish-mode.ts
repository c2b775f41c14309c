import { invalidArgument } from "../../../errors/engine-error.ts";
import type { Flag } from "../flag.ts";

/** By this label a Hull engine knows that a port may be shared; see docs/ports.md. */
const label = "hull.publish-mode";

export const publishModeFlag: Flag<"" | "shared"> = {
  placeholder: "string",
  help: "Let several containers publish the same host port, in turns: 'shared' (Hull only)",
  initial: "",
  add: (_, text) => {
    if (text === "" || text === "shared") return text;
    throw invalidArgument(`the mode must be "shared"`);
  },
};

export const publishModeLabel = (mode: "" | "shared"): Record<string, string> =>
  mode === "" ? {} : { [label]: mode };
