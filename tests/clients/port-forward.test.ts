import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientEngine } from "../setup/client-engine.ts";
import { RunningHull, runHull } from "../setup/hull-cli.ts";
import { until } from "../setup/until.ts";

/** The same engine over TLS, with certificates of a test's own. */
const certificates = mkdtempSync(join(tmpdir(), "hull-forward-"));
makeCertificates(certificates);
const tcpPort = await freePort();
const engine = clientEngine({
  flags: [
    `--host=tcp://127.0.0.1:${tcpPort}`,
    "--tlsverify",
    ...["cacert=ca", "cert=cert", "key=key"].map(
      (pair) => `--tls${pair.replace("=", `=${certificates}/`)}.pem`,
    ),
  ],
});
afterAll(() => rmSync(certificates, { recursive: true, force: true }));

function makeCertificates(directory: string): void {
  const openssl = (...args: string[]) => {
    const run = Bun.spawnSync(["openssl", ...args], { cwd: directory, stderr: "pipe" });
    if (run.exitCode !== 0) throw new Error(`openssl: ${run.stderr}`);
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...key, "-subj", "/CN=authority", "-keyout", "ca-key.pem", "-out", "ca.pem");
  openssl("req", ...key, "-subj", "/CN=both", "-keyout", "key.pem", "-out", "request.pem");
  writeFileSync(
    join(directory, "names"),
    "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n",
  );
  const signing = ["-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-extfile", "names"];
  openssl("x509", "-req", "-in", "request.pem", ...signing, "-out", "cert.pem");
}

async function freePort(): Promise<number> {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}

/** busybox httpd on the container's own loopback, which no published port could reach. */
async function webServer(word: string, listen: string, ...options: string[]): Promise<string> {
  const name = engine.name(word);
  const script = `mkdir -p /www && echo "I am ${word}" >/www/index.html && exec httpd -f -p ${listen} -h /www`;
  await engine.ok("run", "-d", "--init", "--name", name, ...options, "busybox", "sh", "-c", script);
  await until(`${word} serves`, async () => {
    const at = listen.includes(":") ? listen : `127.0.0.1:${listen}`;
    return (await engine.docker("exec", name, "wget", "-qO-", `http://${at}/`)).code === 0;
  });
  return name;
}

/** A JavaScript server in a container's network; `listening` is how the kernel writes its address. */
async function inside(container: string, program: string, listening: string) {
  const netns = `--net=/proc/${await engine.pid(container)}/ns/net`;
  const server = Bun.spawn(["nsenter", netns, process.execPath, "-e", program], { stderr: "inherit" });
  await until("it listens", async () =>
    (await engine.shell(container, "cat /proc/net/tcp /proc/net/udp")).includes(listening),
  );
  return server;
}

/** How many sockets a process has that are in none of this network namespace's tables. */
function foreignSockets(pid: number): number {
  const tables = ["tcp", "tcp6", "udp", "udp6", "unix", "netlink", "packet", "raw"];
  const here = tables.map((name) => readFileSync(`/proc/self/net/${name}`, "utf8")).join("\n");
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
    return inode !== undefined && !new RegExp(`\\b${inode}\\b`).test(here);
  }).length;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function forward(...args: string[]): RunningHull {
  return new RunningHull(["port-forward", ...args], { env: { DOCKER_HOST: engine.host } });
}

/** Sends everything, ends its side, and gives what comes back until the other side ends. */
async function exchange(port: number, bytes: Uint8Array): Promise<string> {
  const answer = Promise.withResolvers<string>();
  let text = "";
  let sent = 0;
  const send = (socket: Bun.Socket<undefined>) => {
    while (sent < bytes.length) {
      const taken = socket.write(bytes.subarray(sent));
      if (taken <= 0) return;
      sent += taken;
    }
    socket.shutdown();
  };
  await Bun.connect<undefined>({
    hostname: "127.0.0.1",
    port,
    allowHalfOpen: true,
    socket: {
      open: send,
      drain: send,
      data: (_, part) => {
        text += part;
      },
      end: (socket) => {
        socket.end();
        answer.resolve(text);
      },
      close: () => answer.resolve(text),
    },
  });
  return answer.promise;
}

const page = async (port: string | number, host = "127.0.0.1") =>
  (await fetch(`http://${host}:${port}/`, { keepalive: false, signal: AbortSignal.timeout(5000) })).text();

describe("hull port-forward", () => {
  test("reaches a server on the container's loopback, on both loopbacks here, until Ctrl-C", async () => {
    const name = await webServer("inner", "127.0.0.1:8000");
    await using hull = forward(name, ":8000");
    const [, port = ""] = await hull.printed(/Forwarding 127\.0\.0\.1:(\d+) -> 8000\n/);
    expect(await page(port)).toBe("I am inner\n");
    await hull.printed(/Forwarding \[::1\]:\d+ -> 8000\n/);
    expect(await page(port, "[::1]")).toBe("I am inner\n");
    expect(await hull.interrupt()).toBe(0);
    expect(page(port)).rejects.toThrow();
    expect(hull.err).toBe("Reachable while this runs; Ctrl-C ends it.\n");
  });

  test("reaches ::1 and an address of the network alone; many ports at once", async () => {
    const name = await webServer("six", "[::1]:8001", "--sysctl", "net.ipv6.conf.lo.disable_ipv6=0");
    await engine.ok("exec", "-d", name, "sh", "-c", "exec httpd -f -p $(hostname -i):8002 -h /www");
    await using hull = forward(name, ":8001", ":8002");
    const [, one = ""] = await hull.printed(/Forwarding 127\.0\.0\.1:(\d+) -> 8001\n/);
    const [, two = ""] = await hull.printed(/Forwarding 127\.0\.0\.1:(\d+) -> 8002\n/);
    expect(await page(one)).toBe("I am six\n");
    await until("the second server answers", async () => (await page(two).catch(() => "")) === "I am six\n");
  });

  test("keeps half-open connections: the end of the input is seen, the answer still comes", async () => {
    const name = await engine.sleeper("half");
    const counter = `Bun.listen({ hostname: "127.0.0.1", port: 9, allowHalfOpen: true, socket: {
      open: (socket) => { socket.data = 0; },
      data: (socket, bytes) => { socket.data += bytes.length; },
      end: (socket) => { socket.end(String(socket.data)); } } });`;
    await using _server = await inside(name, counter, "0100007F:0009");
    await using hull = forward(name, ":9");
    const [, port = ""] = await hull.printed(/Forwarding 127\.0\.0\.1:(\d+) -> 9\n/);
    const counts = Array.from({ length: 5 }, (_, i) => exchange(Number(port), Buffer.alloc(1000 + i)));
    expect(await Promise.all(counts)).toEqual(["1000", "1001", "1002", "1003", "1004"]);
  });

  test("goes through an engine that is reached over TLS, half-open connections and many bytes too", async () => {
    const name = await engine.sleeper("tls");
    const sum = `Bun.listen({ hostname: "127.0.0.1", port: 9, allowHalfOpen: true, socket: {
      open: (socket) => { socket.data = new Bun.CryptoHasher("sha256"); },
      data: (socket, bytes) => { socket.data.update(bytes); },
      end: (socket) => { socket.end(socket.data.digest("hex")); } } });`;
    await using _server = await inside(name, sum, "0100007F:0009");
    await using hull = new RunningHull(
      ["-H", `tcp://127.0.0.1:${tcpPort}`, "--tlsverify", "port-forward", name, ":9"],
      { env: { DOCKER_CERT_PATH: certificates } },
    );
    const [, port = ""] = await hull.printed(/Forwarding 127\.0\.0\.1:(\d+) -> 9\n/);
    const data = crypto.getRandomValues(new Uint8Array(65_536));
    const many = Buffer.concat(Array.from({ length: 300 }, () => data));
    const digest = new Bun.CryptoHasher("sha256").update(many).digest("hex");
    expect(await exchange(Number(port), many)).toBe(digest);
  });

  test("survives a restart of the container, and says when nothing listens", async () => {
    const name = await webServer("again", "127.0.0.1:8000");
    await using hull = forward(name, "127.0.0.1:0:8000", "127.0.0.1::81");
    const [, port = ""] = await hull.printed(/127\.0\.0\.1:(\d+) -> 8000\n/);
    const [, other = ""] = await hull.printed(/127\.0\.0\.1:(\d+) -> 81\n/);
    expect(await page(port)).toBe("I am again\n");
    expect(page(other)).rejects.toThrow();
    await hull.printed(/connection to 81 failed: nothing listens on tcp port 81 in container \S+\n/);
    await engine.ok("stop", "-t0", name);
    expect(page(port)).rejects.toThrow();
    await hull.printed(/connection to 8000 failed: container \S+ is not running/);
    await engine.ok("start", name);
    await until("it answers again", async () => (await page(port).catch(() => "")) === "I am again\n");
  });

  test("holds on to no network of a container that has ended, whatever its clients do", async () => {
    const name = await engine.sleeper("ended");
    const silent = `Bun.listen({ hostname: "127.0.0.1", port: 9, allowHalfOpen: true, socket: { data() {} } });
      await Bun.udpSocket({ hostname: "127.0.0.1", port: 5353, socket: { data() {} } });`;
    const server = await inside(name, silent, "0100007F:14E9");
    await using hull = forward(name, ":9", ":5353/udp");
    const [, tcp = ""] = await hull.printed(/127\.0\.0\.1:(\d+) -> 9\n/);
    const [, udp = ""] = await hull.printed(/127\.0\.0\.1:(\d+) -> 5353\/udp\n/);
    const before = foreignSockets(engine.own.pid);
    const held = await Bun.connect({
      hostname: "127.0.0.1",
      port: Number(tcp),
      allowHalfOpen: true,
      socket: { data() {} },
    });
    held.write("x");
    const peer = await Bun.udpSocket({ hostname: "127.0.0.1" });
    peer.send("x", Number(udp), "127.0.0.1");
    await until("the engine has both sockets", async () => foreignSockets(engine.own.pid) === before + 2);
    server.kill("SIGKILL");
    await engine.ok("stop", "-t0", name);
    await until("the engine let go", async () => foreignSockets(engine.own.pid) <= before);
    held.terminate();
    peer.close();
  });

  test("carries datagrams, each peer its own conversation", async () => {
    const name = await engine.sleeper("udp");
    const echo = `await Bun.udpSocket({ hostname: "127.0.0.1", port: 5353, socket: {
      data: (socket, bytes, port, address) => void socket.send(bytes, port, address) } });`;
    await using _server = await inside(name, echo, "0100007F:14E9");
    await using hull = forward(name, ":5353/udp");
    const [, port = ""] = await hull.printed(/Forwarding 127\.0\.0\.1:(\d+) -> 5353\/udp\n/);
    const answers: string[] = [];
    const socket = await Bun.udpSocket({
      hostname: "127.0.0.1",
      socket: { data: (_, bytes) => void answers.push(bytes.toString()) },
    });
    for (const text of ["one", "two", "x".repeat(1200)]) socket.send(text, Number(port), "127.0.0.1");
    await until("all came back", async () => answers.length === 3);
    expect(answers).toEqual(["one", "two", "x".repeat(1200)]);
    socket.close();
  });

  test("takes the same number when it is free, another when not, and names who has a wanted port", async () => {
    const name = await engine.sleeper("ports");
    const holder = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const free = await engine.freePort();
    await using hull = forward(name, String(free), String(holder.port));
    await hull.printed(new RegExp(`Forwarding 127\\.0\\.0\\.1:${free} -> ${free}\n`));
    const [, other = ""] = await hull.printed(
      new RegExp(`Forwarding 127\\.0\\.0\\.1:(\\d+) -> ${holder.port}\n`),
    );
    expect(other).not.toBe(String(holder.port));
    const env = { DOCKER_HOST: engine.host };
    const taken = await runHull(["port-forward", name, `${holder.port}:80`], { env });
    expect(taken.code).toBe(1);
    expect(taken.err).toContain(`cannot listen on 127.0.0.1:${holder.port}: the port is taken by process "`);
    expect(taken.err).toContain(`with pid ${process.pid}`);
    holder.stop();
  });

  test("a container on the host's network, one in another's, one that is stopped, one that is not there", async () => {
    const env = { DOCKER_HOST: engine.host };
    const inner = await webServer("owner", "127.0.0.1:8000");
    const guest = await engine.sleeper("guest", "--network", `container:${inner}`);
    const host = await engine.sleeper("host", "--network", "host");
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("of the host") });
    await using hull = forward(guest, ":8000");
    await using second = forward(host, `:${server.port}`);
    const [, one = ""] = await hull.printed(/127\.0\.0\.1:(\d+) -> 8000\n/);
    expect(await page(one)).toBe("I am owner\n");
    const [, two = ""] = await second.printed(/127\.0\.0\.1:(\d+) -> /);
    expect(await page(two)).toBe("of the host");
    await server.stop(true);
    await engine.ok("stop", "-t0", guest);
    const stopped = await runHull(["port-forward", guest, "80"], { env });
    expect([stopped.code, stopped.err]).toEqual([
      1,
      `container ${guest} is not running: start it before its ports can be reached\n`,
    ]);
    const missing = await runHull(["port-forward", "nobody", "80"], { env });
    expect([missing.code, missing.err]).toEqual([
      1,
      "Error response from daemon: No such container: nobody\n",
    ]);
  });
});
