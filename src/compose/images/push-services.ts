import { isKind, messageOf } from "../../errors/engine-error.ts";
import { Limiter } from "../../lib/limiter.ts";
import type { ComposeContext } from "../compose-context.ts";
import type { Project } from "../model/project.ts";

export interface PushOptions {
  readonly quiet: boolean;
  readonly ignoreFailures: boolean;
}

/** Pushes what is built for services under a name of the file's; gives the failures that were to be ignored. */
export async function pushServices(
  { images, parallel, report, signal }: ComposeContext,
  project: Project,
  { quiet, ignoreFailures }: PushOptions,
): Promise<readonly { readonly service: string; readonly message: string }[]> {
  const turns = new Limiter(() => parallel);
  const failures: { service: string; error: unknown }[] = [];
  const pushes = Object.values(project.services).flatMap(({ name, image, build }) => {
    if (!build || !image) {
      report({ id: name, status: "done", text: "Skipped" });
      return [];
    }
    return [image, ...(build.tags ?? [])].map(async (tag) => {
      try {
        await turns.run(() => images.push(tag, { quiet, task: `Pushing ${tag}` }), { signal });
      } catch (error) {
        if (signal.aborted || isKind(error, "cancelled")) throw error;
        failures.push({ service: name, error });
      }
    });
  });
  await Promise.all(pushes);
  const [first] = failures;
  if (first && !ignoreFailures) throw first.error;
  return failures.map(({ service, error }) => ({ service, message: messageOf(error) }));
}
