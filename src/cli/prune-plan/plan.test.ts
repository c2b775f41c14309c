import { describe, expect, test } from "bun:test";
import {
  type PrunableCache,
  type PrunableContainer,
  type PrunableImage,
  type PruneWish,
  type PruneWorld,
  planPrune,
} from "./plan.ts";
import { planSummary, planText } from "./print-plan.ts";

const now = Date.parse("2026-05-01T12:00:00Z");
const common = { labels: {}, created: "2026-05-01T10:00:00Z" };
const container = (
  name: string,
  state: string,
  more: Partial<PrunableContainer> = {},
): PrunableContainer => ({
  ...common,
  ...{ name, id: `id-${name}`, state, image: "base", size: 10, networks: [], volumes: [], ...more },
});
const image = (id: string, more: Partial<PrunableImage> = {}): PrunableImage => ({
  ...common,
  ...{ id, tags: [], digests: [], parent: "", unique: 100, layers: [], ...more },
});
const network = (name: string, predefined = false) => ({ ...common, name, id: `net-${name}`, predefined });
const volume = (name: string, anonymous: boolean) => ({ ...common, name, id: name, anonymous, size: 1000 });
const empty: PruneWorld = { containers: [], networks: [], volumes: [], images: [], cache: [] };
const plan = (world: Partial<PruneWorld>, wish: Partial<PruneWish> = {}) =>
  planPrune({ ...empty, ...world }, { all: false, volumes: false, filters: {}, ...wish }, now);
const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name);
const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id);

describe("planPrune", () => {
  test("containers that do not run", () => {
    const states = ["running", "paused", "restarting", "exited", "created", "dead"];
    const found = plan({ containers: states.map((state) => container(state, state)) });
    expect(names(found.containers)).toEqual(["exited", "created", "dead"]);
    expect(found.total).toBe(30);
  });

  test("one kind alone, as its own prune takes it", () => {
    const world = {
      containers: [container("down", "exited", { image: "used", volumes: ["held"], networks: ["idle"] })],
      networks: [network("idle")],
      volumes: [volume("held", true), volume("anonymous", true), volume("named", false)],
      images: [image("used", { tags: ["a:1"] }), image("free", { tags: ["b:1"] }), image("dangling")],
    };
    const said = (wish: Partial<PruneWish>) => planSummary(plan(world, wish));
    expect(said({ only: "containers" })).toBe("That is 1 container (10B): 10B in all.\n");
    expect(said({ only: "networks" })).toBe("That is 1 network: 0B in all.\n");
    // The container stays, and with it what it uses.
    expect(said({ only: "volumes", volumes: true })).toBe("That is 1 volume (1kB): 1kB in all.\n");
    expect(said({ only: "volumes", volumes: true, all: true })).toContain("2 volumes (2kB)");
    expect(said({ only: "images" })).toBe("That is 1 image (100B): 100B in all.\n");
    expect(said({ only: "images", all: true })).toContain("2 images (200B)");
    expect(said({ only: "cache" })).toBe("Nothing would go.\n");
  });

  test("filters: labels that must and must not be there, and times", () => {
    const containers = [
      container("a", "exited", { labels: { keep: "yes" } }),
      container("b", "exited", { labels: { app: "x" } }),
      container("c", "exited", { labels: { app: "x" }, created: "2026-05-01T11:59:00Z" }),
    ];
    const by = (filters: PruneWish["filters"]) => names(plan({ containers }, { filters }).containers);
    expect(by({ "label!": ["keep"] })).toEqual(["b", "c"]);
    expect(by({ label: ["app=x"], until: ["10m"] })).toEqual(["b"]);
    expect(by({ label: ["app", "keep"] })).toEqual([]);
    expect(() => by({ nonsense: ["1"] })).toThrow("invalid filter 'nonsense'");
  });

  test("networks that no running container is on; those of the engine stay", () => {
    const found = plan({
      containers: [
        container("up", "running", { networks: ["busy"] }),
        container("down", "exited", { networks: ["idle"] }),
      ],
      networks: [network("bridge", true), network("busy"), network("idle")],
    });
    expect(names(found.networks)).toEqual(["idle"]);
  });

  test("anonymous volumes when asked for, also those of containers that go", () => {
    const world = {
      containers: [
        container("up", "running", { volumes: ["held"] }),
        container("down", "exited", { volumes: ["free"] }),
      ],
      volumes: [volume("held", true), volume("free", true), volume("named", false)],
    };
    expect(plan(world).volumes).toEqual([]);
    expect(names(plan(world, { volumes: true }).volumes)).toEqual(["free"]);
  });

  test("images without a name, or with all those no container left uses", () => {
    const world = {
      containers: [
        container("up", "running", { image: "used" }),
        container("down", "exited", { image: "was-used" }),
      ],
      images: [
        image("used", { tags: ["u:1"] }),
        image("was-used", { tags: ["w:1"] }),
        image("dangling"),
        image("digest", { digests: ["x@sha256:1"] }),
      ],
    };
    expect(ids(plan(world).images)).toEqual(["dangling"]);
    expect(ids(plan(world, { all: true }).images)).toEqual(["was-used", "dangling", "digest"]);
  });

  test("a parent without a name goes with its last child, one with a child stays", () => {
    const images = [
      image("base"),
      image("step", { parent: "base" }),
      image("top", { parent: "step", tags: ["t:1"] }),
    ];
    expect(ids(plan({ images }).images)).toEqual([]);
    expect(ids(plan({ images }, { all: true }).images)).toEqual(["top", "step", "base"]);
  });

  test("layers that only images to go share count once", () => {
    const base = { chain: "b", size: 500 };
    const images = [
      image("x", { unique: 10, layers: [base, { chain: "x", size: 10 }] }),
      image("y", { unique: 20, layers: [base, { chain: "y", size: 20 }] }),
    ];
    expect(plan({ images }).total).toBe(530);
    const kept = image("z", { tags: ["z:1"], layers: [base] });
    expect(plan({ images: [...images, kept] }).total).toBe(30);
  });

  test("cache nothing that stays stands on", () => {
    const record = (id: string, more: Partial<PrunableCache> = {}): PrunableCache => ({
      ...{
        id,
        description: id,
        type: "regular",
        size: 5,
        inUse: false,
        shared: false,
        parents: [],
        lastUsed: "",
        ...more,
      },
    });
    const cache = [
      record("a"),
      record("b", { parents: ["a"] }),
      record("c"),
      record("d", { parents: ["c"], inUse: true }),
      record("e", { shared: true }),
    ];
    expect(ids(plan({ cache }).cache)).toEqual(["b", "a"]);
    expect(ids(plan({ cache }, { all: true }).cache)).toEqual(["b", "e", "a"]);
  });
});

describe("planText", () => {
  test("nothing", () => {
    expect(planText(plan({}))).toBe("Nothing would go.\n");
  });

  test("each kind with its sizes", () => {
    const found = plan({
      containers: [container("web", "exited", { id: "0123456789abcdef" })],
      networks: [network("lan")],
    });
    expect(planText(found)).toBe(
      "Containers that would go:\n  0123456789ab   web       10B\n\nNetworks that would go:\n  net-lan   lan\n\nTotal space that would be reclaimed: 10B\nNothing was removed.\n",
    );
  });
});
