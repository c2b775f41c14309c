import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../src/oci/digest.ts";
import { imageManifest, ociManifest } from "../setup/registry-client.ts";
import { ServedRegistry } from "../setup/served-registry.ts";

const rounds = Number(process.env.HULL_TEST_RUNS ?? 3);

/** Pushes images with a shared layer until the registry is gone. The digests of those that were accepted. */
async function pushUntilItFalls(url: string, name: string, accepted: Map<string, string>): Promise<void> {
  const push = async (text: string) => {
    const bytes = Buffer.alloc(100_000, text);
    const digest = sha256(bytes);
    const answer = await fetch(`${url}/v2/${name}/blobs/uploads/?digest=${digest}`, {
      method: "POST",
      body: bytes,
    });
    if (answer.status !== 201) throw new Error(`not pushed: ${answer.status}`);
    return { digest, size: bytes.length };
  };
  for (let count = 0; ; count++) {
    try {
      const config = await push(`${name} ${crypto.randomUUID()}`);
      const manifest = imageManifest(config, [await push("shared"), await push(`layer ${count}`)]);
      const tag = `t${count % 4}`;
      const answer = await fetch(`${url}/v2/${name}/manifests/${tag}`, {
        method: "PUT",
        body: manifest,
        headers: { "Content-Type": ociManifest },
      });
      if (answer.status === 201) accepted.set(`${name}/manifests/${sha256(manifest)}`, tag);
    } catch {
      return;
    }
  }
}

/** Everything a manifest needs is there, with the bytes its digest says. */
async function checkImage(url: string, name: string, reference: string): Promise<void> {
  const manifest = await (await fetch(`${url}/v2/${name}/manifests/${reference}`)).text();
  if (reference.includes(":")) expect<string>(sha256(manifest)).toBe(reference);
  const { config, layers } = JSON.parse(manifest) as { config: Blob; layers: Blob[] };
  for (const { digest, size } of [config, ...layers]) {
    const bytes = await (await fetch(`${url}/v2/${name}/blobs/${digest}`)).bytes();
    expect([sha256(bytes) as string, bytes.length]).toEqual([digest, size]);
  }
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

test(`every image that was accepted is whole after the registry was killed (${rounds} times)`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "hull-registry-crash-"));
  const root = join(folder, "data");
  // Garbage is collected all the time, beside the pushes.
  const flags = ["--root", root, "--gc-interval", "20ms"];
  const accepted = new Map<string, string>();
  const names = ["a", "a/b", "c"];
  try {
    for (let round = 0; round < rounds; round++) {
      {
        await using registry = await ServedRegistry.start(flags);
        const pushing = names.map((name) => pushUntilItFalls(registry.url, name, accepted));
        await Bun.sleep(150 + Math.random() * 250);
        await registry.kill();
        await Promise.all(pushing);
      }
      if (round % 2 === 1) {
        const gc = await ServedRegistry.run(["gc", "--quiet", "--root", root, "--grace", "0"]);
        expect([gc.code, gc.err]).toEqual([0, ""]);
      }
      await using registry = await ServedRegistry.start(flags);
      for (const path of accepted.keys()) {
        const [name = "", reference = ""] = path.split("/manifests/");
        await checkImage(registry.url, name, reference);
      }
      for (const name of names) {
        const list = await fetch(`${registry.url}/v2/${name}/tags/list`);
        const { tags = [] } = (await list.json()) as { tags?: string[] };
        for (const tag of tags) await checkImage(registry.url, name, tag);
      }
    }
    expect(accepted.size).toBeGreaterThan(rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
