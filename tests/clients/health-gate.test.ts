import { describe, expect } from "bun:test";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";
import { TwoHosts } from "../setup/two-hosts.ts";
import { until } from "../setup/until.ts";

const machines = new TwoHosts();
const hull = clientEngine({ wrapper: machines.onHost });
const test = hullOnly("dockerd shares no ports, and leads names to the sick as well");

const gated = ["-l", "hull.health-gate=true", "-l", "hull.publish-mode=shared"];
const health = ["--health-cmd", "test -e /healthy", "--health-interval", "100ms", "--health-retries", "1"];

/** Says its name to everybody who comes; healthy once there is a file. */
const serving = (word: string, ...options: string[]) =>
  hull.ok(
    ...["run", "-d", "--init", "--name", hull.name(word), ...options, "busybox", "sh", "-c"],
    `mkdir -p /www && echo ${word} >/www/index.html && exec httpd -f -p 80 -h /www`,
  );

const words = async (port: number, count: number) => {
  const found = new Set<string>();
  for (let i = 0; i < count; i++) found.add(await machines.get(`http://127.0.0.1:${port}/`));
  return [...found].sort().join(" ");
};

const become = (word: string, status: "healthy" | "unhealthy") =>
  hull.shell(hull.name(word), status === "healthy" ? "touch /healthy" : "rm /healthy");

const untilWords = (port: number, wanted: string) =>
  until(`port ${port} leads to ${wanted}`, async () => (await words(port, 4)) === wanted);

describe("the health gate", () => {
  test("leads names and shared ports to the healthy only, to all when there are none", async () => {
    const network = hull.name("net");
    await hull.ok("network", "create", network);
    const options = [...gated, ...health, "--network", network, "--network-alias", "web", "-p", "9060:80"];
    await serving("a", ...options);
    await serving("b", ...options);
    const asker = await hull.sleeper("asker", "--network", network);
    const addressOf = async (word: string) =>
      (await hull.inspect(hull.name(word))).NetworkSettings?.Networks?.[network]?.IPAddress ?? "";
    const addresses = { a: await addressOf("a"), b: await addressOf("b") };
    const named = async () => {
      const text = await hull.shell(asker, "nslookup web 127.0.0.11");
      return Object.entries(addresses)
        .filter(([, address]) => text.includes(address))
        .map(([word]) => word)
        .join(" ");
    };
    const leadsTo = async (wanted: string) => {
      await untilWords(9060, wanted);
      await until(`the name leads to ${wanted}`, async () => (await named()) === wanted);
    };
    await leadsTo("a b");
    await become("a", "healthy");
    await leadsTo("a");
    // One of them by its own name is found all the same.
    expect(await hull.shell(asker, `nslookup ${hull.name("b")} 127.0.0.11`)).toContain(addresses.b);
    await become("b", "healthy");
    await leadsTo("a b");
    await become("a", "unhealthy");
    await leadsTo("b");

    // Another engine knows the same.
    await hull.own.kill();
    expect(await words(9060, 4)).toBe("b");
    await hull.own.start();
    expect(await words(9060, 4)).toBe("b");
    expect(await named()).toBe("b");
    await hull.remove(hull.name("a"), hull.name("b"), asker);
    await hull.ok("network", "rm", network);
  });

  test("without a check one is led to as soon as it listens", async () => {
    await serving("there", ...gated, "-p", "9061:80");
    await untilWords(9061, "there");
    await hull.ok(
      ...[
        "run",
        "-d",
        "--init",
        "--name",
        hull.name("late"),
        ...gated,
        "-p",
        "9061:80",
        "busybox",
        "sh",
        "-c",
      ],
      "mkdir -p /www && echo late >/www/index.html && until test -e /go; do sleep 0.1; done; exec httpd -f -p 80 -h /www",
    );
    expect(await words(9061, 6)).toBe("there");
    await hull.own.kill();
    await hull.own.start();
    expect(await words(9061, 6)).toBe("there");
    await hull.shell(hull.name("late"), "touch /go");
    await untilWords(9061, "late there");
    await hull.remove(hull.name("there"), hull.name("late"));
  });

  test("a stop with drain lets those end that are being served, and nobody new comes", async () => {
    const chat = (word: string) =>
      hull.ok(
        ...["run", "-d", "--init", "--name", hull.name(word), ...gated, "-p", "9062:80"],
        ...["busybox", "nc", "-ll", "-p", "80", "-e", "sh", "-c", `echo ${word}; exec cat`],
      );
    const met = () => machines.run("busybox nc -w 1 127.0.0.1 9062 </dev/null");
    await chat("old");
    await until("it listens", async () => (await met()) === "old");
    const talker = Bun.spawn([...machines.onHost, "busybox", "nc", "127.0.0.1", "9062"], {
      stdin: "pipe",
      stdout: "pipe",
    });
    const heard = talker.stdout.getReader();
    const hear = async () => new TextDecoder().decode((await heard.read()).value);
    const say = async (text: string) => {
      void talker.stdin.write(text);
      await talker.stdin.flush();
      return await hear();
    };
    expect(await hear()).toBe("old\n");
    await chat("new");
    await until("both are met", async () => (await met()) === "new");
    const stop = `http://localhost/v1.44/containers/${hull.name("old")}/stop?t=0&drain=60`;
    const stopping = Bun.spawn(["curl", "-sXPOST", "--unix-socket", hull.socket, stop]);
    const all = async () => [await met(), await met(), await met(), await met()].join(" ");
    await until("nobody new comes to the old one", async () => (await all()) === "new new new new");
    expect(await say("still there?\n")).toBe("still there?\n");
    expect((await hull.state(hull.name("old"))).Status).toBe("running");
    talker.kill();
    expect(await stopping.exited).toBe(0);
    expect((await hull.state(hull.name("old"))).Status).toBe("exited");
    await hull.remove(hull.name("old"), hull.name("new"));
  });
});
