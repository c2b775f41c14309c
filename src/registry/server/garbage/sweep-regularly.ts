import { Background } from "../../../lib/background.ts";
import { log } from "../../../lib/log.ts";
import type { Swept } from "./sweep.ts";
import { SweepTally } from "./sweep-tally.ts";

/** Does a sweep beside the work: a pause, a round, the next pause. */
export function sweepRegularly(
  intervalMs: number,
  round: () => AsyncIterable<Swept>,
): { stop(): Promise<void> } {
  const background = new Background();
  let stopped = false;
  let running = Promise.resolve();
  let timer: Timer | undefined;
  const work = async () => {
    const tally = new SweepTally();
    for await (const swept of round()) {
      tally.add(swept);
      if (stopped) break;
    }
    if (tally.count > 0) log.info(`garbage collected: ${tally.summary()}`);
  };
  const plan = () => {
    timer = setTimeout(() => {
      running = background.run("registry garbage collection", work).then(() => {
        if (!stopped) plan();
      });
    }, intervalMs);
  };
  plan();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
