import { Background } from "../../../lib/background.ts";
import { log } from "../../../lib/log.ts";
import type { RegistryContext } from "../registry-call.ts";
import { type SweepOptions, sweep } from "./sweep.ts";
import { SweepTally } from "./sweep-tally.ts";

/** Collects garbage beside the work: one round, a pause, the next. */
export function sweepRegularly(
  { repositories, uploads }: Pick<RegistryContext, "repositories" | "uploads">,
  { intervalMs, sweep: options }: { intervalMs: number; sweep: SweepOptions },
): { stop(): Promise<void> } {
  const background = new Background();
  let stopped = false;
  let round = Promise.resolve();
  let timer: Timer | undefined;
  const plan = () => {
    timer = setTimeout(() => {
      round = background.run("registry garbage collection", work).then(() => {
        if (!stopped) plan();
      });
    }, intervalMs);
  };
  const work = async () => {
    const tally = new SweepTally();
    for await (const swept of sweep(repositories, uploads, options)) {
      tally.add(swept);
      if (stopped) break;
    }
    if (tally.count > 0) log.info(`garbage collected: ${tally.summary()}`);
  };
  plan();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
