import { buildFlags } from "../../build/build-flags.ts";
import { BuildSession } from "../../build/build-session.ts";
import { prepareBuild } from "../../build/prepare-build.ts";
import { progressKind } from "../../build/show-build.ts";
import { command } from "../../command.ts";
import { interruptible } from "../../interruptible.ts";

export const buildCommand = command({
  usage: "build [OPTIONS] PATH | URL | -",
  flags: buildFlags,
  arguments: [1, 1],
  async run({ values, positional: [place = ""] }, terminal, session) {
    const kind = progressKind(values.progress, values.quiet, session.env);
    const prepared = await prepareBuild(values, place, session);
    return await interruptible(async (signal) => {
      const engine = await session.engine();
      using lent = await BuildSession.open(engine, signal);
      if (lent) {
        const { runHullBuild } = await import("../../build/run-hull-build.ts");
        return await runHullBuild({ prepared, engine, lent, kind, terminal, session, signal });
      }
      const { runClassicBuild } = await import("../../build/run-classic-build.ts");
      return await runClassicBuild({ prepared, engine, terminal, session, signal });
    });
  },
});
