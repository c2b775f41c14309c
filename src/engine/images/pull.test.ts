import { describe, expect, test } from "bun:test";
import { internal, messageOf } from "../../errors/engine-error.ts";
import { Limiter } from "../../lib/limiter.ts";
import { setLogLevel } from "../../lib/log.ts";
import type { Digest } from "../../oci/digest.ts";
import { formatReference, type Reference } from "../../oci/reference.ts";
import { RegistryRefusal } from "../../registry/client/registry-refusal.ts";
import type { RemoteRepository } from "../../registry/client/remote-repository.ts";
import type { EngineContext } from "../context.ts";
import { pullImages } from "./pull.ts";

const image = { id: "i", os: "linux", architecture: "amd64", config: { Labels: { made: "here" } } };

/** An engine whose places to pull from are the named ones; `pull` is what its image store does. */
function engine(places: readonly string[], pull: (place: string, reference: Reference) => boolean) {
  const events: unknown[] = [];
  const repository = (place: string): RemoteRepository =>
    ({
      place,
      async *tags() {
        yield "1";
        yield "2";
      },
    }) as unknown as RemoteRepository;
  const context = {
    settings: { maxConcurrentDownloads: 3, maxDownloadAttempts: 5 },
    pullSources: () => places.map(repository),
    images: {
      pull: async (target: { reference: Reference; repository: { place: string } }) => ({
        id: "i" as Digest,
        digest: "d" as Digest,
        updated: pull(target.repository.place, target.reference),
      }),
      find: async () => ({ ...image, config: image }),
    },
    events: { publish: (...event: unknown[]) => events.push(event) },
  } as unknown as EngineContext;
  return { context, events };
}

async function pulled(
  { context }: ReturnType<typeof engine>,
  reference: string,
  platform?: { os: string; architecture: string },
): Promise<string[]> {
  const lines: string[] = [];
  await pullImages(context, new Limiter(() => 3), {
    reference,
    platform,
    credentials: undefined,
    onProgress: ({ status }) => lines.push(status),
    signal: new AbortController().signal,
  });
  return lines;
}

describe("pullImages", () => {
  test("a mirror that has it not is passed over; the event has the labels", async () => {
    setLogLevel("fatal");
    const asked: string[] = [];
    const hull = engine(["mirror", "hub"], (place, reference) => {
      asked.push(`${place} ${formatReference(reference)}`);
      if (place === "mirror") throw internal("the mirror is broken");
      return true;
    });
    expect(await pulled(hull, "busybox:1")).toEqual(["Status: Downloaded newer image for busybox:1"]);
    expect(asked).toEqual(["mirror docker.io/library/busybox:1", "hub docker.io/library/busybox:1"]);
    expect(hull.events).toEqual([["image", "pull", "busybox:1", { made: "here", name: "busybox" }]]);
  });

  test("what the registry itself says is what counts, in Docker's words", async () => {
    const hull = engine(["mirror", "hub"], (place) => {
      throw place === "mirror"
        ? internal("the mirror is broken")
        : new RegistryRefusal(401, "denied: requested access to the resource is denied", ["DENIED"]);
    });
    const error = await pulled(hull, "x").catch((thrown: unknown) => thrown);
    expect(messageOf(error)).toBe(
      "pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    );
    expect(hull.events).toEqual([]);
  });

  test("without tag and digest every tag; news when one of them is", async () => {
    const tags: (string | undefined)[] = [];
    const hull = engine(["r"], (_, { tag }) => {
      tags.push(tag);
      return tag === "1";
    });
    expect(await pulled(hull, "r:5000/x")).toEqual(["Status: Downloaded newer image for r:5000/x"]);
    expect(tags).toEqual(["1", "2"]);
  });

  test("another platform than asked for is taken with a warning", async () => {
    const hull = engine(["r"], () => false);
    expect(await pulled(hull, "x:1", { os: "linux", architecture: "arm64" })).toEqual([
      "Status: Image is up to date for x:1",
      "WARNING: image with reference x:1 was found but does not provide the specified platform (linux/arm64)",
    ]);
  });
});
