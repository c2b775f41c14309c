import { beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine } from "../setup/client-engine.ts";
import { runHull } from "../setup/hull-cli.ts";

const engine = clientEngine();
const name = (word: string) => engine.name(word);

/** What both programs are called for; words in capitals stand for names of this file's own. */
beforeAll(async () => {
  const long = ["sh", "-c", "echo made > /made; rm /bin/ar; sleep 1000"];
  await engine.ok("volume", "create", "--label", "a=b", "--label", "c", name("vol"));
  await engine.ok("network", "create", name("net"));
  await Promise.all([
    engine.ok(
      ...["run", "-d", "--init", "--name", name("up"), "-l", "x=y", "-l", "a.b=c", "-v", `${name("vol")}:/v`],
      ...["--health-cmd", "true", "--health-interval", "1h", "-p", "127.0.0.1::80", "busybox", ...long],
    ),
    engine.ok("create", "--name", name("made"), "-m", "64m", "--network", name("net"), "busybox", "true"),
    engine.ok("run", "--name", name("done"), "busybox", "true"),
  ]);
  writeFileSync(join(engine.directory, "empty.tar"), new Uint8Array(10240));
});

const bad = ["{{.Foo}}", "{{.ID", "table {{.Foo}}"];

/** Nothing here changes anything, or it changes it so that a second time is the same. */
const calls: (string | string[])[] = [
  // Containers.
  ...[
    "stop",
    "restart",
    "kill",
    "pause",
    "unpause",
    "rm",
    "diff",
    "top",
    "commit",
    "container inspect",
  ].flatMap((word) => [word, `${word} nobody`, `${word} --nonsense`]),
  "stop nobody nor-her",
  "stop -t x UP",
  "stop --time 1 nobody",
  "stop --time 1 --timeout 2 nobody",
  "kill -s NONSENSE UP",
  "kill DONE",
  "kill DONE nobody",
  "pause DONE",
  "unpause UP",
  "rm UP",
  "rm -f nobody",
  ["rm", ""],
  "rm -l UP",
  "rename",
  "rename UP",
  ["rename", "UP", ""],
  "rename nobody else",
  "rename UP DONE",
  "update",
  "update UP",
  "update -m 100m nobody",
  "update --restart nonsense UP",
  "update --restart on-failure:x UP",
  "update --restart :3 UP",
  "update --restart no UP nobody",
  "update --cpus x UP",
  "update --cpus 0.0000000001 UP",
  "update -m x UP",
  "update --blkio-weight -1 UP",
  "update --blkio-weight 70000 UP",
  "update --pids-limit 100 --cpu-shares 512 UP MADE",
  "commit UP BAD",
  "commit UP x:y:z",
  "commit UP x@sha256:0",
  "diff UP",
  "diff MADE",
  ["diff", ""],
  "top DONE",
  "top UP -o pid,comm",
  "top UP -nonsense",
  "port nobody",
  "port UP x",
  "stats --no-stream nobody",
  "stats --no-stream DONE",
  "stats --no-stream --no-trunc DONE MADE",
  "stats --no-stream --format json DONE nobody",
  "stats --no-stream --format json DONE",
  ["stats", "--no-stream", "--format", "{{.Container}} {{.Name}} {{.ID}}", "UP", "DONE"],
  ["stats", "--no-stream", "-a", "--format", "table {{.Name}}\t{{.MemUsage}}", "DONE"],
  "container inspect UP nobody",
  "container inspect -s UP",
  "container prune --filter x",
  "container prune -f --filter x=y",
  "container prune -f --filter label=nothing-has-this",
  "container prune",
  "container ls -a",
  "container list -aq",
  "container ps --filter x=y",
  "container nonsense",
  // Images.
  "import",
  "import nobody.tar",
  "import - BAD",
  "image prune",
  "image prune -a",
  "image prune --filter x",
  "image inspect busybox nobody",
  "image inspect nobody",
  // Volumes.
  "volume ls",
  "volume ls -q",
  "volume ls --format json",
  ["volume", "ls", "--format", 'table {{.Name}}\t{{.Labels}}\t{{.Label "a"}}\t{{.Mountpoint}}'],
  "volume ls -f name=nothing",
  "volume ls -f x=y",
  "volume ls -f x",
  "volume inspect",
  "volume inspect VOL",
  "volume inspect VOL nobody",
  ["volume", "inspect", "-f", "{{.Name}} {{.Labels}} {{.Options}} {{.UsageData}}", "VOL"],
  "volume inspect -f json VOL",
  "volume create x y",
  "volume create --name x y",
  "volume create -d nonsense x",
  "volume create BAD/x",
  "volume create VOL",
  "volume rm",
  "volume rm nobody nor-her",
  "volume rm -f nobody",
  "volume rm VOL",
  "volume prune",
  "volume prune -a",
  "volume prune -f --filter x=y",
  "volume prune -af --filter all=1",
  "volume prune -f --filter label=nothing-has-this",
  "volume update VOL",
  "volume update nobody",
  // Networks.
  "network prune",
  "network prune -f --filter label=nothing-has-this",
  "network inspect NET",
  "network inspect nobody",
  // The engine.
  "system prune",
  "system prune -a --volumes --filter label=x --filter label!=y",
  "system prune -f --volumes --filter until=24h",
  "system prune -f --filter label=nothing-has-this",
  "events --filter x",
  "events --since nonsense",
  "info -f {{.ServerVersion}}",
  [
    "info",
    "-f",
    "{{.HTTPProxy}}{{.CPUCfsQuota}}{{range .Plugins.Volume}}{{.}} {{end}}{{.Swarm.LocalNodeState}}",
  ],
  ["info", "-f", "{{json .Swarm}} {{json .RegistryConfig}} {{json .CDISpecDirs}} {{.ClientInfo.Context}}"],
  // Anything.
  "inspect",
  "inspect nobody",
  "inspect nobody UP nor-her",
  "inspect UP busybox VOL NET",
  "inspect --type nonsense UP",
  ["inspect", "--type", "", "UP"],
  "inspect --type image UP",
  "inspect --type volume UP",
  "inspect --type network UP",
  "inspect --type plugin UP",
  "inspect --type service UP",
  "inspect --type container UP",
  "inspect --type image busybox",
  "inspect -s --type image busybox",
  "inspect -s UP busybox",
  ["inspect", "-f", "{{.Name}}", "NET", "busybox", "nobody", "UP"],
  "inspect -f json UP busybox",
  ...["images", "network ls", "volume ls", "stats --no-stream -a", "system df", "system df -v"].flatMap(
    (list) => bad.map((format) => [...list.split(" "), "--format", format]),
  ),
  ...[
    "ps -a",
    "history busybox",
    "image inspect busybox",
    "volume inspect VOL",
    "network inspect bridge",
  ].flatMap((list) => bad.map((format) => [...list.split(" "), "--format", format])),
  ...["info", "container inspect UP", "inspect UP", "inspect nobody", "events --since 1h --until 0s"].flatMap(
    (list) => ["{{.Foo}}", "{{.ID"].map((format) => [...list.split(" "), "--format", format]),
  ),
];

/** Words of the docker program that differ only in its own mistakes. */
const plain = (text: string) =>
  text
    .replaceAll("docker", "hull")
    .replace("\nSee 'hull", "\nRun 'hull")
    .replace("\nSRun 'hull", "\nRun 'hull");

/** Maps of Go come in any order, and images after each other. */
const sorted = (text: string) => text.split("\n").sort().join("\n");

async function compare(words: readonly string[], stdin?: string) {
  const args = words.map((word) =>
    /^(UP|DONE|MADE|VOL|NET)$/.test(word) ? name(word.toLowerCase()) : word.replaceAll("VOLUME", name("vol")),
  );
  const env = { ...engine.environment };
  const options = stdin === undefined ? {} : { stdin };
  for (let tries = 1; ; tries++) {
    const [hull, docker] = await Promise.all([
      runHull(args, { env, ...options }),
      engine.dockerWith(options, ...args),
    ]);
    const said = ({ code, out, err }: typeof hull) => ({
      args,
      code,
      out: words[0]?.startsWith("image") ? sorted(out) : out,
      err: plain(err),
    });
    // A second may have ended between the two: "3 seconds ago" and "4 seconds ago".
    if (tries < 5 && !Bun.deepEquals(said(hull), said(docker))) continue;
    expect(said(hull)).toEqual(said(docker));
    return;
  }
}

describe("hull says what docker says", () => {
  test.concurrent.each(calls.map((call) => [typeof call === "string" ? call.split(" ") : call] as const))(
    "%j",
    (words) => compare(words),
  );
});
