import { expect, test } from "bun:test";
import { FakeDistribution, refusal } from "../../../tests/fakes/fake-distribution.ts";
import type { BlobWriter } from "../../content/content-store.ts";
import type { Digest } from "../../oci/digest.ts";
import { openRepository } from "../../registry/client/open-repository.ts";
import { downloadBlob } from "./download-blob.ts";

test("a registry that does not answer is asked as often as was set, and no more", async () => {
  using fake = new FakeDistribution();
  fake.before = ({ path }) => (path.includes("blobs") ? refusal(503, "UNAVAILABLE", "later") : undefined);
  const retries = { attempts: 3, pauseMs: 1, longestPauseMs: 5 };
  const access = { insecureRegistries: [], certificateDirectories: [], credentials: undefined, retries };
  const repository = openRepository({ domain: fake.address, path: "a/b" }, "pull", access);
  const digest = `sha256:${"0".repeat(64)}` as Digest;
  const said: string[] = [];
  const download = downloadBlob({ digest, size: 5, mediaType: "" }, repository, { offset: 0 } as BlobWriter, {
    retries,
    tell: ({ kind }) => void said.push(kind),
    signal: new AbortController().signal,
  });
  await expect(download).rejects.toThrow("503");
  expect(fake.paths().filter((path) => path.includes("blobs")).length).toBe(3);
  expect(said).toEqual(["retrying", "retrying"]);
});
