import { isKind } from "../../errors/engine-error.ts";
import { type CreatedRun, createForStart } from "./create.ts";
import type { Created, StartCreated, Up } from "./deeds.ts";
import { startRun } from "./start.ts";

/** So often a container that was replaced under our feet is looked for again. */
const attempts = 3;

export const up: Up = async (context, project, options) => {
  for (let attempt = 1; ; attempt++) {
    const created = await createForStart(context, project, options);
    if (options.noStart) return created;
    try {
      await startRun(context, created, options);
      return created;
    } catch (error) {
      // Another `up` at the same time replaced a container after we had made or found it.
      const isReplaced = isKind(error, "not_found") || isKind(error, "conflict");
      if (context.signal.aborted || attempt >= attempts || !isReplaced) throw error;
    }
  }
};

/** The second half of an attached `up`, after `create` and attaching. */
export const startCreated: StartCreated = async (context, created, options) => {
  if (!isRun(created)) throw new Error("only what was created here can be started so");
  await startRun(context, created, options);
};

const isRun = (created: Created): created is CreatedRun => "run" in created && "rolled" in created;
