import { describe, expect, test } from "bun:test";
import { packTar } from "../../../tests/setup/pack-tar.ts";
import { painter } from "../terminal/colours.ts";
import { analyse, layerTree } from "./analyse.ts";
import { drawDive } from "./draw.ts";
import type { LayerEntry } from "./layer-entries.ts";
import { modeText } from "./mode-text.ts";
import { type ReadImage, readImage, shownCommand } from "./read-image.ts";
import { diveReport } from "./report.ts";
import { afterKey, type DiveModel, type DiveState, firstState } from "./state.ts";

const file = (path: string, size: number, more: Partial<LayerEntry> = {}): LayerEntry => ({
  path,
  type: "file",
  mode: 0o644,
  uid: 0,
  gid: 0,
  size,
  ...more,
});
const folder = (path: string, mode = 0o755) => file(path, 0, { type: "directory", mode });
const layer = (command: string, ...entries: LayerEntry[]) => ({ id: `sha256:${command}`, command, entries });

const image: ReadImage = {
  architecture: "amd64",
  layers: [
    layer(
      "FROM base",
      folder("etc"),
      file("etc/hosts", 10),
      folder("app"),
      file("app/old", 1000),
      file("app/big", 5000),
    ),
    layer(
      "RUN change",
      folder("etc"),
      file("etc/hosts", 20),
      file("app/.wh.old", 0),
      folder("app/new"),
      file("app/new/x", 7),
    ),
    layer("RUN opaque", folder("app"), file("app/.wh..wh..opq", 0), file("app/big", 5000)),
  ],
};

describe("analyse", () => {
  const analysis = analyse(image);

  test("what each layer did", () => {
    expect(analysis.layers.map(({ size, counts }) => ({ size, ...counts }))).toEqual([
      { size: 6010, added: 5, changed: 0, removed: 0 },
      { size: 27, added: 2, changed: 1, removed: 1 },
      { size: 5000, added: 0, changed: 1, removed: 1 },
    ]);
    expect(analysis.layers[1]?.changes).toEqual([
      { path: "etc/hosts", kind: "changed", type: "file", size: 20 },
      { path: "app/new", kind: "added", type: "directory", size: 0 },
      { path: "app/new/x", kind: "added", type: "file", size: 7 },
      { path: "app/old", kind: "removed", type: "file", size: 1000 },
    ]);
  });

  test("an opaque folder removes what is not in the layer again, and changes what is", () => {
    expect(analysis.layers[2]?.changes).toEqual([
      { path: "app/big", kind: "changed", type: "file", size: 5000 },
      { path: "app/new", kind: "removed", type: "directory", size: 7 },
    ]);
  });

  test("waste is what the final file system does not show", () => {
    expect(analysis.total).toBe(11_037);
    expect(analysis.wasted).toBe(10 + 1000 + 5000 + 7);
    expect(analysis.waste[0]).toEqual({ path: "app/big", layers: 2, bytes: 5000 });
    expect(analysis.efficiency).toBeCloseTo(5020 / 11_037);
  });

  test("an image without bytes wastes nothing", () => {
    expect(analyse({ architecture: "", layers: [] }).efficiency).toBe(1);
  });

  test("a folder that is only on the way is no change, one with another mode is", () => {
    const [, second] = analyse({
      architecture: "",
      layers: [layer("1", folder("a"), folder("b")), layer("2", folder("a"), folder("b", 0o700))],
    }).layers;
    expect(second?.changes.map(({ path, kind }) => [path, kind])).toEqual([["b", "changed"]]);
  });

  test("a file where a folder was", () => {
    const [, second] = analyse({
      architecture: "",
      layers: [layer("1", folder("a"), file("a/x", 5)), layer("2", file("a", 3))],
    }).layers;
    expect(second?.changes).toEqual([{ path: "a", kind: "changed", type: "file", size: 3 }]);
  });
});

describe("layerTree", () => {
  test("only what the layer touched, with what it removed in its place", () => {
    const tree = layerTree(image, 1, false);
    const names = tree.children.map(({ name, kind, children }) => [
      name,
      kind,
      children.map((one) => [one.name, one.kind]),
    ]);
    expect(names).toEqual([
      [
        "app",
        "same",
        [
          ["new", "added"],
          ["old", "removed"],
        ],
      ],
      ["etc", "same", [["hosts", "changed"]]],
    ]);
    expect(tree.children[0]?.size).toBe(7);
  });

  test("all files up to the layer", () => {
    const app = layerTree(image, 1, true).children.find(({ name }) => name === "app");
    expect(app?.children.map(({ name, kind }) => [name, kind])).toEqual([
      ["big", "same"],
      ["new", "added"],
      ["old", "removed"],
    ]);
    expect(app?.size).toBe(5007);
  });
});

describe("readImage", () => {
  const config = JSON.stringify({
    architecture: "arm64",
    rootfs: { diff_ids: ["sha256:aa", "sha256:bb"] },
    history: [
      { created_by: "FROM x" },
      { created_by: "ENV A=b", empty_layer: true },
      { created_by: "RUN y" },
    ],
  });
  const tarOf = (path: string) =>
    packTar([
      { path: "./dir/", type: "directory" },
      { path, content: "12345" },
    ]);

  test("layers in front of the manifest, plain and compressed, one as a link", async () => {
    const archive = packTar([
      { path: "blobs/sha256/one", content: tarOf("dir/a") },
      { path: "two/layer.tar", content: Bun.gzipSync(new Uint8Array(tarOf("dir/b"))) },
      { path: "three/layer.tar", type: "symlink", linkTarget: "../two/layer.tar" },
      { path: "cfg.json", content: config },
      {
        path: "manifest.json",
        content: JSON.stringify([{ Config: "cfg.json", Layers: ["blobs/sha256/one", "three/layer.tar"] }]),
      },
    ]);
    const read = await readImage(
      (async function* () {
        for (let at = 0; at < archive.length; at += 700) yield archive.subarray(at, at + 700);
      })(),
    );
    expect(read.architecture).toBe("arm64");
    expect(
      read.layers.map(({ id, command, entries }) => [id, command, entries.map(({ path }) => path)]),
    ).toEqual([
      ["sha256:aa", "FROM x", ["dir", "dir/a"]],
      ["sha256:bb", "RUN y", ["dir", "dir/b"]],
    ]);
  });

  test("an archive without a manifest is refused", async () => {
    const archive = packTar([{ path: "x.json", content: "{}" }]);
    const reading = readImage(
      (async function* () {
        yield archive;
      })(),
    );
    expect(reading).rejects.toThrow("no manifest.json");
  });
});

test.each([
  ['/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]'],
  ["/bin/sh -c apk add git", "RUN apk add git"],
  ["RUN /bin/sh -c make # buildkit", "RUN make"],
  ["|1 A=b /bin/sh -c make", "RUN make"],
  ["COPY . /app # buildkit", "COPY . /app"],
])("shownCommand %j", (from, to) => {
  expect(shownCommand(from)).toBe(to);
});

test("modeText", () => {
  expect(modeText({ type: "directory", mode: 0o1777 })).toBe("drwxrwxrwt");
  expect(modeText({ type: "file", mode: 0o4755 })).toBe("-rwsr-xr-x");
});

describe("the screen", () => {
  const size = { columns: 80, rows: 24 };
  const model: DiveModel = {
    layers: 3,
    tree: (index, all) => layerTree(image, index, all),
    height: () => 18,
  };
  const analysis = analyse(image);
  const press = (...names: string[]): DiveState => {
    let state = firstState(model);
    for (const name of names) {
      const next = afterKey(state, { name, text: name.length === 1 ? name : "" }, model);
      if (!next) throw new Error(`${name} ended it`);
      state = next;
    }
    return state;
  };
  const draw = (state: DiveState, window = size) =>
    drawDive({ name: "app:1", analysis, state }, window, painter(false));

  test("as many lines as rows, none wider than the window", () => {
    for (const window of [size, { columns: 200, rows: 50 }, { columns: 60, rows: 12 }]) {
      for (const state of [press(), press("down", "f"), press("?"), press("/", "b")]) {
        const lines = draw(state, window);
        expect(lines).toHaveLength(window.rows);
        expect(Math.max(...lines.map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(window.columns);
      }
    }
  });

  test("layers on the left, changes on the right", () => {
    const lines = draw(press("down")).map((line) => line.trimEnd());
    expect(lines.slice(0, 9)).toEqual([
      " app:1  linux/amd64",
      " 3 layers, 11kB   wasted 6.02kB   efficiency 45.4%",
      "──────────────────────────────────┬─────────────────────────────────────────────",
      " Layers                           │  Changes of layer 2",
      "  1  6.01kB  FROM base            │        7B ├─ app/",
      "  2     27B  RUN change           │ +      7B │  ├─ new/",
      "  3     5kB  RUN opaque           │ +      7B │  │  └─ x",
      "                                  │ -     1kB │  └─ old",
      " RUN change   +2 ~1 -1            │       20B └─ etc/",
    ]);
  });

  test("moving, closing, hiding and searching", () => {
    expect(press("down", "down", "down").layer).toBe(2);
    expect(press("down", "tab", "enter").rows.map(({ path }) => path)).toEqual(["app", "etc", "etc/hosts"]);
    expect(press("down", "r").rows.map(({ path }) => path)).toEqual([
      "app",
      "app/new",
      "app/new/x",
      "etc",
      "etc/hosts",
    ]);
    expect(press("down", "/", "h", "o", "s").rows.map(({ path }) => path)).toEqual(["etc", "etc/hosts"]);
    expect(press("down", "/", "h", "o", "escape").search).toBe("");
    expect(press("down", "tab", "E", "down").row).toBe(1);
    expect(press("down", "tab", "down", "down", "left", "left").row).toBe(1);
  });

  test("q ends it, but is a letter of a search", () => {
    expect(afterKey(press(), { name: "q", text: "q" }, model)).toBeUndefined();
    expect(press("/", "q").search).toBe("q");
  });
});

test("diveReport", () => {
  const text = diveReport("app:1", analyse(image));
  expect(text).toContain("Layer 2  27B  RUN change  2 added, 1 changed, 1 removed\n  RUN change\n");
  expect(text).toContain("in 2 layers  /app/big");
});
