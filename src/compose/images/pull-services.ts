import { isKind } from "../../errors/engine-error.ts";
import { Limiter } from "../../lib/limiter.ts";
import { isNameOnly, parseReference } from "../../oci/reference.ts";
import type { ComposeContext } from "../compose-context.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { localImages } from "./local-images.ts";

export interface PullOptions {
  readonly quiet: boolean;
  readonly ignoreFailures: boolean;
  readonly ignoreBuildable: boolean;
  /** Empty: as each service says. */
  readonly policy: string;
  onMustBuild(services: readonly string[]): void;
}

/**
 * Brings the images of services here, each once. `onMustBuild` hears of those that could not be had and
 * can be built: it is a failure all the same.
 */
export async function pullServices(
  context: ComposeContext,
  project: Project,
  { quiet, ignoreFailures, ignoreBuildable, policy, onMustBuild }: PullOptions,
): Promise<void> {
  const { images, parallel, report, signal } = context;
  const services = Object.values(project.services);
  const plans = planPulls(services, {
    policy,
    ignoreBuildable,
    present: await localImages(
      context.engine,
      services.flatMap(({ image }) => (image === undefined ? [] : [image])),
    ),
  });
  const turns = new Limiter(() => parallel);
  const mustBuild: string[] = [];
  const failures: unknown[] = [];
  await Promise.all(
    plans.map(async (plan) => {
      const { service } = plan;
      if (plan.kind === "skip") {
        report({ id: service.name, status: "done", text: plan.why });
        return;
      }
      const canBuild = service.build !== undefined;
      const { platform } = service;
      const wish = { quiet, task: service.name, canBuild, ...(platform !== undefined && { platform }) };
      try {
        await turns.run(() => images.pull(plan.image, wish), { signal });
      } catch (error) {
        if (signal.aborted || isKind(error, "cancelled")) throw error;
        if (canBuild) mustBuild.push(service.name);
        failures.push(error);
      }
    }),
  );
  if (mustBuild.length > 0) onMustBuild(mustBuild);
  if (failures.length > 0 && !ignoreFailures) throw failures[0];
}

type PullPlan =
  | { readonly kind: "pull"; readonly service: Service; readonly image: string }
  | { readonly kind: "skip"; readonly service: Service; readonly why: string };

interface PullFacts {
  readonly policy: string;
  readonly ignoreBuildable: boolean;
  readonly present: ReadonlyMap<string, unknown>;
}

/** Pure: what is pulled, and for the rest why not. */
export function planPulls(services: readonly Service[], facts: PullFacts): PullPlan[] {
  const by = new Map<string, string>();
  return services.map((service): PullPlan => {
    const { image, name } = service;
    const skip = (why: string): PullPlan => ({ kind: "skip", service, why });
    if (service.provider || !image) return skip("Skipped - No image to be pulled");
    const policy = facts.policy || (service.pull_policy ?? "");
    if (policy === "never" || policy === "build") return skip("Skipped");
    if ((policy === "missing" || policy === "if_not_present") && isPresent(image, facts.present)) {
      return skip("Skipped - Image is already present locally");
    }
    if (service.build && facts.ignoreBuildable) return skip("Skipped - Image can be built");
    const other = by.get(image);
    if (other !== undefined) return skip(`Skipped - Image is already being pulled by ${other}`);
    by.set(image, name);
    return { kind: "pull", service, image };
  });
}

/** What is called `latest` may have changed: it is asked for again. */
function isPresent(image: string, present: ReadonlyMap<string, unknown>): boolean {
  if (!present.has(image)) return false;
  const reference = parseReference(image);
  return !isNameOnly(reference) && reference.tag !== "latest";
}
