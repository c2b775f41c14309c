import type { EngineClient } from "../../client/engine-client.ts";
import { invalidArgument, isKind } from "../../errors/engine-error.ts";
import type { ImageInspect } from "../../protocol/generated/types.ts";
import { asCompose } from "./as-compose.ts";
import { asKubernetes } from "./as-kubernetes.ts";
import { asRun } from "./as-run.ts";
import { wishOf } from "./read-wish.ts";
import type { Wish } from "./wish.ts";

export const remakeForms = ["run", "compose", "kubernetes"] as const;
export type RemakeForm = (typeof remakeForms)[number];

export function parseRemakeForm(text: string): RemakeForm {
  const form = remakeForms.find((one) => one === text);
  if (!form)
    throw invalidArgument(
      `invalid value ${JSON.stringify(text)} for --as: use "run", "compose" or "kubernetes"`,
    );
  return form;
}

/** `inspect --as`: the command or file that would make each of the containers again. */
export async function remakeText(
  engine: EngineClient,
  names: readonly string[],
  form: RemakeForm,
  program: string,
): Promise<string> {
  const info = await engine.call("SystemInfo");
  const texts: string[] = [];
  for (const name of names) {
    const container = await engine.call("ContainerInspect", { params: { id: name } });
    const image = await imageOf(engine, container.Image ?? "");
    texts.push(written(wishOf(container, { image, info }), form, program, image === undefined));
  }
  return texts.join(form === "run" ? "\n" : "---\n");
}

function written(wish: Wish, form: RemakeForm, program: string, imageGone: boolean): string {
  const warning = imageGone ? "# Its image is gone: what the image said is written out as well.\n" : "";
  switch (form) {
    case "run":
      return warning + asRun(wish, program);
    case "compose":
      return warning + asCompose(wish);
    case "kubernetes":
      return warning + asKubernetes(wish);
  }
  return form satisfies never;
}

async function imageOf(engine: EngineClient, name: string): Promise<ImageInspect | undefined> {
  try {
    return await engine.call("ImageInspect", { params: { name } });
  } catch (error) {
    if (isKind(error, "not_found")) return undefined;
    throw error;
  }
}
