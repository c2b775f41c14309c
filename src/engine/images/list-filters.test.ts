import { describe, expect, test } from "bun:test";
import { notFound } from "../../errors/engine-error.ts";
import type { StoredImage } from "../../images/stored-image.ts";
import type { Digest } from "../../oci/digest.ts";
import { withDescendants } from "./descendants.ts";
import { formsOf, selectImages } from "./list-filters.ts";

const digest = (character: string) => `sha256:${character.repeat(64)}` as Digest;

function image(character: string, created: string, changes: Partial<StoredImage> = {}): StoredImage {
  return {
    id: digest(character),
    created,
    config: { os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [] } },
    rawConfig: new Uint8Array(),
    manifest: { mediaType: "", digest: digest(character), size: 0 },
    layers: [],
    chainId: undefined,
    size: 0,
    tags: [],
    repoDigests: [],
    ...changes,
  };
}

const base = image("a", "2026-01-01T00:00:00Z", { tags: ["busybox:latest", "reg.io:5000/a/b:1"] });
const step = image("b", "2026-01-02T00:00:00Z", { parent: base.id });
const top = image("c", "2026-01-03T00:00:00Z", {
  parent: step.id,
  tags: ["app:1"],
  config: { ...base.config, config: { Labels: { team: "x" } } },
});
const loose = image("d", "2026-01-04T00:00:00Z");
const digested = image("e", "2026-01-05T00:00:00Z", { repoDigests: [`busybox@${digest("f")}`] });
const all = [base, step, top, loose, digested];

async function select(filters: Record<string, string[]> = {}, showAll = false) {
  const find = async (name: string) => {
    const found = all.find(({ tags }) => tags.includes(name));
    if (found === undefined) throw notFound(`No such image: ${name}`);
    return found;
  };
  const query = { all: showAll, filters: new Map(Object.entries(filters)) };
  const selected = await selectImages(all, query, find);
  return selected.map(({ id }) => id.at(-1)).join("");
}

describe("selectImages", () => {
  test("newest first, without steps unless all", async () => {
    expect(await select()).toBe("edca");
    expect(await select({}, true)).toBe("edcba");
  });

  test.each<[Record<string, string[]>, string]>([
    [{ dangling: ["true"] }, "ed"],
    [{ dangling: ["false"] }, "eca"],
    [{ label: ["team=x"] }, "c"],
    [{ before: ["app:1"] }, "a"],
    [{ since: ["app:1"] }, "ed"],
    [{ since: ["busybox:latest"], before: ["app:1"] }, ""],
    [{ until: ["2026-01-03T12:00:00Z"] }, "ca"],
    [{ reference: ["busybox"] }, "ea"],
    [{ reference: ["busy*:lat*"] }, "a"],
    [{ reference: ["docker.io/library/app"] }, "c"],
    [{ reference: ["*/*/*"] }, "eca"],
    [{ reference: ["nope", "app"] }, "c"],
  ])("%j", async (filters, expected) => {
    expect(await select(filters)).toBe(expected);
  });

  test("a reference filter narrows the names", async () => {
    const filters = new Map([["reference", ["reg.io:5000/*/*"]]]);
    const [only] = await selectImages(all, { all: false, filters }, async () => base);
    expect(only?.tags).toEqual(["reg.io:5000/a/b:1"]);
  });

  test.each<[Record<string, string[]>, string]>([
    [{ foo: ["x"] }, "invalid filter 'foo'"],
    [{ dangling: ["x"] }, "invalid filter 'dangling=[x]'"],
    [{ before: ["x"] }, "No such image: x"],
    [{ reference: ["[x"] }, "syntax error in pattern"],
    [{ until: ["x"] }, "invalid value for 'until' filter: failed to parse"],
  ])("%j is refused", async (filters, message) => {
    await expect(select(filters)).rejects.toThrow(message);
  });
});

test("formsOf gives the short and the full name, with and without tag", () => {
  expect(formsOf("me/app:1")).toEqual(["me/app:1", "me/app", "docker.io/me/app:1", "docker.io/me/app"]);
  expect(formsOf("localhost/a")).toEqual(["localhost/a", "localhost/a", "localhost/a", "localhost/a"]);
});

test("withDescendants follows parents all the way", () => {
  expect([...withDescendants([base.id], all)].sort()).toEqual([base.id, step.id, top.id]);
  expect([...withDescendants([top.id], all)]).toEqual([top.id]);
});
