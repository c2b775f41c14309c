import type { StoredImage } from "../../images/stored-image.ts";
import { formatPlatform, type Platform } from "../../oci/platform.ts";
import { familiarReference, formatReference, parseReference, withDefaultTag } from "../../oci/reference.ts";
import type { ContextSource } from "../build-request.ts";
import type { Operation } from "./operation.ts";
import type { ImageSource, PlanInput } from "./planning.ts";

/** Files, and of an image what else it is. */
export interface FoundSource {
  readonly operation: Operation;
  readonly image?: StoredImage;
}

/** Operations for what is not made by this build: each once, however often it is used. */
export class Sources {
  readonly #input: PlanInput;
  readonly #contexts = new Map<string, Operation>();
  readonly #images = new Map<string, Promise<{ image: StoredImage; operation: Operation }>>();

  constructor(input: PlanInput) {
    this.#input = input;
  }

  get mainContext(): Operation {
    const { context, ignore } = this.#input;
    return this.#context("", context, ignore);
  }

  /** What `--build-context` puts in the place of a stage or an image of this name. */
  async named(name: string, platform: Platform): Promise<FoundSource | undefined> {
    const { namedContexts } = this.#input.request;
    for (const form of formsOf(name)) {
      for (const key of [`${form}::${formatPlatform(platform)}`, form]) {
        const source = namedContexts.get(key);
        if (!source) continue;
        if (source.kind === "image" || source.kind === "layout") return await this.image(source, platform);
        return { operation: this.#context(key, source, []) };
      }
    }
    return undefined;
  }

  async image(
    source: ImageSource,
    platform: Platform,
  ): Promise<{ image: StoredImage; operation: Operation }> {
    const key = `${JSON.stringify(source)} ${formatPlatform(platform)}`;
    let found = this.#images.get(key);
    if (!found) {
      found = this.#input.resolve(source, platform).then((image) => ({
        image,
        operation:
          image.layers.length === 0
            ? ({ kind: "empty", title: source.reference } as const)
            : ({ kind: "image", title: `FROM ${canonical(source.reference)}`, image } as const),
      }));
      this.#images.set(key, found);
    }
    return await found;
  }

  #context(
    name: string,
    source: Exclude<ContextSource, { kind: "image" }>,
    ignore: readonly string[],
  ): Operation {
    let operation = this.#contexts.get(name);
    if (!operation) {
      const title = name === "" ? "[internal] load build context" : `[context ${name}] load`;
      operation =
        source.kind === "none" ? { kind: "empty", title } : { kind: "context", title, name, source, ignore };
      this.#contexts.set(name, operation);
    }
    return operation;
  }
}

/** As it is written, in lower case, and for an image with and without its registry and tag. */
function formsOf(name: string): Set<string> {
  const forms = new Set([name, name.toLowerCase()]);
  try {
    const reference = parseReference(name);
    const whole = withDefaultTag(reference);
    for (const form of [whole, reference]) forms.add(familiarReference(form)).add(formatReference(form));
  } catch {
    // A name of a stage only.
  }
  return forms;
}

/** The whole name of an image, as BuildKit shows it. */
export function canonical(text: string): string {
  try {
    return formatReference(withDefaultTag(parseReference(text)));
  } catch {
    return text;
  }
}
