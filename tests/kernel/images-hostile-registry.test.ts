import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../src/errors/engine-error.ts";
import { Limiter } from "../../src/lib/limiter.ts";
import { parseReference, withDefaultTag } from "../../src/oci/reference.ts";
import { openRepository } from "../../src/registry/client/open-repository.ts";
import { FakeDistribution } from "../fakes/fake-distribution.ts";
import { hostileArchives } from "../fixtures/hostile-archives/archives.ts";
import { makeImageStore, type StoreSetting } from "../setup/image-stores.ts";
import { addRemoteImage } from "../setup/remote-image.ts";

const retries = { attempts: 2, pauseMs: 1, longestPauseMs: 5 };

function pull(setting: StoreSetting, name: string) {
  const reference = withDefaultTag(parseReference(name));
  const access = { credentials: undefined, insecureRegistries: [], certificateDirectories: [], retries };
  return setting.images.pull(
    { reference, repository: openRepository(reference, "pull", access) },
    {
      platform: undefined,
      downloads: new Limiter(() => 3),
      retries,
      onProgress: () => {},
      signal: new AbortController().signal,
    },
  );
}

test("each hostile layer from a registry is refused, or harmless, and a refused one leaves nothing", async () => {
  await using setting = makeImageStore();
  using fake = new FakeDistribution();
  const outside = join(setting.directory, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "secret"), "host");
  for (const [index, { name, bytes, refused }] of hostileArchives(outside).entries()) {
    const compression = (["gzip", "zstd", "none"] as const)[index % 3] ?? "gzip";
    addRemoteImage(fake, "a/hostile", `${index}`, [{ tar: new Uint8Array(bytes), compression }]);
    const error = await pull(setting, `${fake.address}/a/hostile:${index}`).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect([name, error === undefined]).toEqual([name, refused === undefined]);
    if (error !== undefined) expect(error).toBeInstanceOf(EngineError);
    else {
      const [image] = await setting.images.list();
      await setting.images.remove(image?.id ?? "", { force: true, prune: true, usedBy: () => [] });
    }
    expect([name, setting.left()]).toEqual([name, { blobs: [], partial: [], snapshots: [] }]);
    expect(readdirSync(outside)).toEqual(["secret"]);
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("host");
  }
}, 60_000);
