import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Contender } from "./contender.ts";
import { type Measure, timed } from "./measures.ts";

const executable = join(import.meta.dir, "../dist/hull");

/** `hull compose` on Hull, Debian's docker-compose on Debian's dockerd. */
async function compose(engine: Contender, project: string, ...args: string[]): Promise<void> {
  const program =
    engine.name === "dockerd" ? [Bun.which("docker-compose") ?? "docker-compose"] : [executable, "compose"];
  const child = Bun.spawn([...program, ...args], {
    cwd: folder(engine, project),
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    env: {
      ...process.env,
      DOCKER_HOST: engine.host,
      DOCKER_CONFIG: engine.configDirectory,
      COMPOSE_HTTP_TIMEOUT: "120",
    },
  });
  const [err, code] = await Promise.all([child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${program.join(" ")} ${args.join(" ")}: exit code ${code}: ${err.trim()}`);
}

function folder(engine: Contender, project: string): string {
  return join(engine.directory, project);
}

function write(engine: Contender, project: string, text: string): void {
  mkdirSync(folder(engine, project), { recursive: true });
  writeFileSync(join(folder(engine, project), "docker-compose.yml"), text);
}

/** Ends at once when it is told to, so that stopping is the engine's time alone. */
const service = `    image: busybox
    command: ["sh", "-c", "trap 'exit 0' TERM; sleep 100000 & wait"]
`;

const networks = ["front", "middle", "back"];

function twenty(): string {
  const services = Array.from({ length: 20 }, (_, at) => {
    const own = [networks[at % 3], networks[(at + 1) % 3]].slice(0, 1 + (at % 2));
    const needs = at % 5 === 4 ? `    depends_on: [service${at - 1}, service${at - 2}]\n` : "";
    return `  service${at}:\n${service}    networks: [${own.join(", ")}]\n${needs}`;
  });
  return `version: "3.8"\nservices:\n${services.join("")}networks:\n${networks.map((name) => `  ${name}: {}\n`).join("")}`;
}

/** Two thousand lines as people write them: short and long forms, variables, labels, health checks. */
function longFile(): string {
  const services = Array.from({ length: 80 }, (_, at) => {
    return `  service${at}:
    image: "example/service${at}:\${TAG:-latest}"
    command: ["serve", "--port", "80${at}"]
    restart: unless-stopped
    environment:
      NAME: service${at}
      LEVEL: \${LEVEL:-info}
      URL: http://service${(at + 1) % 80}:8000/
    labels:
      - example.team=team${at % 7}
      - example.tier=backend
    ports:
      - "${20000 + at}:80"
    healthcheck:
      test: ["CMD", "true"]
      interval: 30s
      retries: 3
    volumes:
      - data${at % 10}:/data
      - ./etc/${at}:/etc/service:ro
    networks:
      - front
      - back
    logging:
      driver: json-file
`;
  });
  const volumes = Array.from({ length: 10 }, (_, at) => `  data${at}: {}\n`);
  return `version: "3.8"\nservices:\n${services.join("")}volumes:\n${volumes.join("")}networks:\n  front: {}\n  back: {}\n`;
}

const up = (engine: Contender, project: string) => compose(engine, project, "up", "-d");

/** In milliseconds. Undefined where dockerd held on to a network whose containers were gone, as it now and then does. */
async function down(engine: Contender, project: string): Promise<number | undefined> {
  try {
    return await timed(() => compose(engine, project, "down"));
  } catch (error) {
    if (engine.name !== "dockerd" || !String(error).includes("has active endpoints")) throw error;
    await Bun.sleep(1000);
    await compose(engine, project, "down");
    return undefined;
  }
}

const project = "bench-twenty";

export const composeMeasures: readonly Measure[] = [
  {
    name: "compose: up -d of 20 services",
    unit: "ms",
    bar: 0.5,
    rounds: 3,
    async run(engine) {
      write(engine, project, twenty());
      const took = await timed(() => up(engine, project));
      await down(engine, project);
      return took;
    },
  },
  {
    name: "compose: down of 20 services",
    unit: "ms",
    bar: 0.5,
    rounds: 3,
    async run(engine) {
      write(engine, project, twenty());
      for (;;) {
        await up(engine, project);
        const took = await down(engine, project);
        if (took !== undefined) return took;
      }
    },
  },
  {
    name: "compose: unchanged up",
    unit: "ms",
    most: 200,
    rounds: 7,
    async run(engine, round) {
      if (round === 0) {
        write(engine, project, twenty());
        await up(engine, project);
      }
      return timed(() => up(engine, project));
    },
    after: async (engine) => {
      await down(engine, project);
    },
  },
  {
    name: "compose: config of 2,000 lines",
    unit: "ms",
    most: 150,
    rounds: 9,
    async run(engine, round) {
      if (round === 0) write(engine, "bench-long", longFile());
      return timed(() => compose(engine, "bench-long", "config"));
    },
  },
];
