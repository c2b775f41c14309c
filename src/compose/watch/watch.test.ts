import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TarReader } from "../../lib/tar/tar-reader.ts";
import type { Trigger } from "../model/develop.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { packFiles } from "./archive-files.ts";
import { FileChanges } from "./file-changes.ts";
import { planChanges } from "./plan-changes.ts";
import { watchRules } from "./watch-rules.ts";

const projectOf = (...services: readonly Partial<Service>[]) =>
  ({
    services: Object.fromEntries(services.map((service) => [service.name, service])),
  }) as unknown as Project;
const watched = (...watch: readonly Trigger[]): Partial<Service> => ({ name: "web", develop: { watch } });
const rulesOf = (...watch: readonly Trigger[]) => watchRules(projectOf(watched(...watch)), true).rules;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hull-watch-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, text = "") => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};

describe("rules", () => {
  const [sync] = rulesOf({
    path: "/p/src",
    action: "sync",
    target: "/app",
    include: ["**/*.ts", "lib"],
    ignore: ["**/*.test.ts"],
  });
  const target = (path: string) => sync?.match(path)?.target;

  test("lead a path below theirs to its place in the container", () => {
    expect(target("/p/src/a.ts")).toBe("/app/a.ts");
    expect(target("/p/src/deep/b.ts")).toBe("/app/deep/b.ts");
    expect(target("/p/src/lib/any")).toBe("/app/lib/any");
  });

  test("leave out what is not included, what is ignored, editors' files, and what is elsewhere", () => {
    for (const path of ["a.js", "a.test.ts", ".a.ts.swp", "a.ts~", ".git/x.ts", "../srcs/a.ts"])
      expect(target(join("/p/src", path))).toBeUndefined();
  });

  test("of one file: to that path, or into a folder", () => {
    const [to, into] = rulesOf(
      { path: "/p/conf", action: "sync", target: "/etc/app.conf" },
      { path: "/p/conf", action: "sync", target: "/etc/" },
    );
    expect(to?.match("/p/conf")?.target).toBe("/etc/app.conf");
    expect(into?.match("/p/conf")?.target).toBe("/etc/conf");
  });

  test("follow the ignore file of the build", () => {
    write(".dockerignore", "dist\n# no\n!dist/kept\n");
    const service = {
      ...watched({ path: folder, action: "rebuild" }),
      build: { context: folder, dockerfile: "Dockerfile" },
    };
    const [rule] = watchRules(projectOf(service), true).rules;
    const isSeen = (path: string) => rule?.match(join(folder, path)) !== undefined;
    expect([isSeen("dist/a"), isSeen("dist/kept"), isSeen("src/a")]).toEqual([false, true, true]);
  });

  test("that cannot be followed are refused, and those a mount makes needless are left out", () => {
    expect(() => rulesOf()).toThrow("none of the selected services is configured for watch");
    expect(() => rulesOf({ path: "/p", action: "rebuild" })).toThrow(
      'can\'t watch service "web" with action rebuild without a build context',
    );
    expect(() => rulesOf({ path: "/p", action: "sync+exec", target: "/x" })).toThrow("without a command");
    const mounted = {
      ...watched({ path: "/p/src", action: "sync", target: "/x" }, { path: "/p/c", action: "restart" }),
      volumes: [{ type: "bind", source: "/p/src", target: "/x" }],
    };
    const { rules, warnings } = watchRules(projectOf(mounted), true);
    expect(rules.map(({ trigger }) => trigger.path)).toEqual(["/p/c"]);
    expect(warnings).toEqual([
      "path '/p/src' also declared by a bind mount volume, this path won't be monitored!",
    ]);
  });
});

test("a batch asks for each thing once, and for nothing else of what is built anew", () => {
  const rules = watchRules(
    projectOf(
      watched(
        { path: "/p/src", action: "sync", target: "/app" },
        { path: "/p/conf", action: "sync+restart", target: "/conf" },
        { path: "/p/hooks", action: "sync+exec", target: "/hooks", exec: { command: ["x"] } },
      ),
      {
        name: "api",
        build: { context: "/p" },
        develop: {
          watch: [
            { path: "/p/src", action: "rebuild" },
            { path: "/p/src", action: "restart" },
          ],
        },
      },
    ),
    true,
  ).rules;
  const plan = planChanges(rules, [
    "/p/src/a",
    "/p/src/b",
    "/p/conf",
    "/p/hooks/h",
    "/p/hooks/i",
    "/p/other",
  ]);
  expect(plan.rebuild).toEqual(["api"]);
  expect(plan.restart).toEqual(["web"]);
  expect(plan.sync.get("web")?.map(({ target }) => target)).toEqual([
    ...["/app/a", "/app/b", "/conf", "/hooks/h", "/hooks/i"],
  ]);
  expect(plan.exec).toHaveLength(1);
});

test("an archive has folders before files, links as links, and what is gone is named", async () => {
  write("d/file", "text");
  symlinkSync("file", join(folder, "d/link"));
  const map = (path: string, target: string) => ({ path: join(folder, path), target });
  const files = [
    map("d/link", "/t/d/link"),
    map("d/file", "/t/d/file"),
    map("d", "/t/d"),
    map("no", "/t/no"),
  ];
  const { archive, present, gone } = packFiles(files);
  expect([present, gone]).toEqual([3, ["/t/no"]]);
  const reader = new TarReader(archive());
  const seen: string[] = [];
  for (let entry = await reader.next(); entry; entry = await reader.next())
    seen.push(`${entry.type} ${entry.path} ${entry.size} ${entry.linkTarget ?? ""}`);
  expect(seen).toEqual(["directory t/d/ 0 ", "file t/d/file 4 ", "symlink t/d/link 0 file"]);
});

describe("changes of real files", () => {
  /** Everything that was told until it has what is waited for. */
  function listen(...roots: readonly string[]) {
    const seen = new Set<string>();
    const waiting = new Set<() => void>();
    const changes = new FileChanges(
      roots.map((root) => join(folder, root)),
      {
        onChange: (paths) => {
          for (const path of paths) seen.add(path.slice(folder.length + 1));
          for (const look of waiting) look();
        },
        onError: (error) => {
          throw error;
        },
      },
    );
    const sees = (...paths: readonly string[]) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!paths.every((path) => seen.has(path))) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    return { seen, sees, [Symbol.dispose]: () => changes[Symbol.dispose]() };
  }

  test("files that are written, saved by renaming, removed, and whole folders", async () => {
    write("src/a");
    using changes = listen("src");
    write("src/a", "more");
    await changes.sees("src/a");
    changes.seen.clear();
    write("src/.a.tmp", "new");
    renameSync(join(folder, "src/.a.tmp"), join(folder, "src/a"));
    await changes.sees("src/a");
    write("src/new/deep/file");
    await changes.sees("src/new/deep/file");
    renameSync(join(folder, "src/new"), join(folder, "src/moved"));
    await changes.sees("src/new", "src/moved/deep/file");
    write("src/moved/deep/later");
    await changes.sees("src/moved/deep/later");
    rmSync(join(folder, "src/moved"), { recursive: true });
    changes.seen.clear();
    rmSync(join(folder, "src/a"));
    await changes.sees("src/a");
  });

  test("one file, however it is saved", async () => {
    write("conf", "1");
    using changes = listen("conf");
    for (const text of ["2", "3"]) {
      changes.seen.clear();
      write("conf.new", text);
      renameSync(join(folder, "conf.new"), join(folder, "conf"));
      await changes.sees("conf");
    }
    expect([...changes.seen]).toEqual(["conf"]);
  });

  test("a folder that is not there yet, and one that comes back", async () => {
    using changes = listen("far/src");
    write("far/src/a");
    await changes.sees("far/src/a");
    rmSync(join(folder, "far"), { recursive: true });
    write("far/src/b");
    await changes.sees("far/src/b");
    changes.seen.clear();
    rmSync(join(folder, "far"), { recursive: true });
    await changes.sees("far/src");
    write("far/src/c");
    await changes.sees("far/src/c");
  });
});
