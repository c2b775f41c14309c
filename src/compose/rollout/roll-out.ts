import { internal, messageOf } from "../../errors/engine-error.ts";
import type { ReplaceReplicas } from "../converge/deeds.ts";
import type { ObservedContainer } from "../observe/observed.ts";
import { drainSeconds } from "./drain-seconds.ts";
import { pause } from "./pause.ts";
import { Replacement, type ReplacementParts } from "./replacement.ts";
import { rollbackPolicy, updatePolicy } from "./update-policy.ts";
import { watchReplica } from "./watch-replica.ts";

// trail: compose rollout
/**
 * Replaces the replicas of a service as `deploy.update_config` says:
 *
 *     start-first   start new ─ serves ─ old gets nobody new, ends its connections, stops
 *     stop-first    old stops ─ start new ─ serves
 *
 * A replica whose successor does not serve goes on with the old container, always. What that means
 * for the others is `failure_action`: they are updated as well (continue), left as they are (pause),
 * or go back (rollback); for that, old containers are kept, stopped, until all is well.
 */
export const rollOut: ReplaceReplicas = async (context, { service, replaced, recreate, timeout }) => {
  const policy = updatePolicy(service);
  const back = rollbackPolicy(service);
  const task = { id: `Service ${service.name}` };
  const parts: ReplacementParts = {
    policy,
    drainSeconds: drainSeconds(service, timeout),
    watch: (container, monitorMs) => watchReplica(context, container, monitorMs),
    // What was begun is ended in good order, Ctrl-C or not.
    watchOld: (container, monitorMs) => watchReplica({ ...context, signal: never() }, container, monitorMs),
    warn: context.warn,
  };
  const changed: Replacement[] = [];
  const kept: ObservedContainer[] = [];

  try {
    for (const [index, batch] of batches(replaced, policy.parallelism).entries()) {
      if (index > 0) await pause(policy.delayMs, context.signal);
      await update(batch);
    }
  } finally {
    // Also after an interruption: what is new has its place then.
    await finishAll();
  }
  context.report({ ...task, status: "done", text: "Updated" });
  const now = changed.map(({ old, successor }) => ({
    ...successor.container,
    name: old.name,
    state: "running",
  }));
  return [...now, ...kept];

  async function update(batch: readonly ObservedContainer[]): Promise<void> {
    const count = changed.length + kept.length + batch.length;
    context.report({ ...task, status: "working", text: "Updating", details: `${count}/${replaced.length}` });
    const failures = await replaceBatch(batch);
    if (policy.onFailure !== "rollback") await finishAll();
    context.signal.throwIfAborted();
    const [why] = failures;
    if (why === undefined) return;
    const isTooMany = kept.length / replaced.length > policy.maxFailureRatio;
    if (isTooMany && policy.onFailure !== "continue") await giveUp(why);
    for (const one of failures) context.warn(`update of service ${service.name}: ${one}`);
  }

  /** Tells why some of them stay as they were. */
  async function replaceBatch(batch: readonly ObservedContainer[]): Promise<string[]> {
    const failures: string[] = [];
    await Promise.all(
      batch.map(async (old) => {
        try {
          changed.push(await replaceOne(old));
        } catch (why) {
          kept.push(old);
          failures.push(messageOf(why));
        }
      }),
    );
    return failures;
  }

  async function replaceOne(old: ObservedContainer): Promise<Replacement> {
    const one = new Replacement(old, await recreate(old), parts);
    try {
      await one.change();
      return one;
    } catch (why) {
      await one.takeBack({ ...back, monitorMs: 0 }).catch((error) => {
        throw internal(`${messageOf(why)}; the way back failed too: ${messageOf(error)}`, why);
      });
      throw why;
    }
  }

  async function finishAll(): Promise<void> {
    await Promise.all(changed.map((one) => one.finish()));
  }

  async function giveUp(why: string): Promise<never> {
    let said = `paused after ${changed.length} of ${replaced.length} replicas`;
    if (policy.onFailure === "rollback") {
      context.report({ ...task, status: "working", text: "Rolling back", details: why });
      await rollBack(why);
      said = "rolled back";
    }
    context.report({ ...task, status: "error", text: "Update failed", details: why });
    throw internal(`update of service ${service.name} ${said}: ${why}`);
  }

  async function rollBack(why: string): Promise<void> {
    const problems: string[] = [];
    const all = changed.splice(0).reverse();
    for (const [index, batch] of batches(all, back.parallelism).entries()) {
      if (index > 0) await pause(back.delayMs, never());
      await Promise.all(
        batch.map((one) =>
          one.takeBack(back).catch((error) => problems.push(`${one.old.name}: ${messageOf(error)}`)),
        ),
      );
      if (back.onFailure === "pause" && problems.length / all.length > back.maxFailureRatio) break;
    }
    if (problems.length === 0) return;
    const message = `update of service ${service.name} failed: ${why}; the rollback failed too: ${problems.join("; ")}`;
    throw internal(message);
  }
};

const never = (): AbortSignal => new AbortController().signal;

function batches<One>(all: readonly One[], size: number): One[][] {
  const found: One[][] = [];
  for (let at = 0; at < all.length; at += size) found.push(all.slice(at, at + size));
  return found;
}
