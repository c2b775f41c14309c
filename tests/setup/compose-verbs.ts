import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runHull } from "./hull-cli.ts";
import { TestEngine } from "./test-engine.ts";
import { until } from "./until.ts";

/**
 * Calls of `compose …` about one project, and what Docker Compose 2.40.3 answers to them. Recorded with
 *
 *     node tools/bun.mjs tests/setup/compose-verbs.ts DOCKER_COMPOSE > tests/fixtures/compose-verbs/answers.json
 *
 * which asks that program about a project that `hull compose up` has made on an engine of its own.
 */
export interface Answer {
  readonly code: number;
  readonly out: string;
  /** Only the first line where the call fails: what is meant and where help is, is ours to say. */
  readonly err: string;
}

export type Answers = Readonly<Record<string, Answer>>;

const fixtures = join(import.meta.dir, "../fixtures/compose-verbs");

export function recordedAnswers(): Answers {
  return JSON.parse(readFileSync(join(fixtures, "answers.json"), "utf8")) as Answers;
}

/** In this order: some leave files behind that others read. Words are parted by blanks; a tilde is one inside of a word. */
export const calls: readonly string[] = [
  // Containers.
  "ps",
  "ps -a",
  "ps db",
  "ps web db",
  "ps nosuch",
  "ps -q db",
  "ps --services",
  "ps --services -a",
  "ps --status exited",
  "ps --status exited --status running -q",
  "ps --filter status=running --services",
  "ps --filter status",
  "ps --filter colour=red",
  "ps --orphans=false --services",
  "ps --format json db",
  "ps -a --format json done",
  "ps --format {{.Name}}|{{.Service}}|{{.State}}|{{.Health}}|{{.ExitCode}}|{{.Project}}",
  "ps --format table|{{.Name}}|{{.Image}}",
  "ps --no-trunc --format {{.Command}}",
  "ps --format {{.Nope}}",
  "ps --nope",
  // Projects.
  "ls",
  "ls -q",
  "ls -a --format json",
  "ls --filter name=nothing-has-this",
  "ls --filter colour=red",
  "ls --format nope",
  // Images and volumes.
  "images",
  "images db",
  "images -q",
  "images --format nope",
  "volumes",
  "volumes -q",
  "volumes db",
  "volumes web",
  "volumes nosuch",
  "volumes --format {{.Name}}:{{.Driver}}",
  // Ports.
  "port web 8080",
  "port --protocol udp web 8443",
  "port --protocol UDP web 8443",
  "port web 99",
  "port web x",
  "port web 70000",
  "port web",
  "port nosuch 80",
  "port --index 2 web 8080",
  "port done 80",
  // Processes.
  "exec -T web echo hello",
  "exec -T web false",
  "exec -T --index 2 db hostname -s",
  "exec -T --index 7 db true",
  "exec -T -e A=1 -e COLOUR=blue web env",
  "exec -T -w /tmp -u 1000 web sh -c id;pwd",
  "exec -T nosuch true",
  "exec -T done true",
  "exec -T web no-such-program",
  "exec -d web true",
  "exec web",
  "exec",
  "top nosuch",
  // One-off containers.
  "run --rm -T web echo hello",
  "run --rm -T --no-deps web sh -c exit~7",
  "run --rm -T -e COLOUR=green -e MORE=1 web sh -c echo~$COLOUR$MORE",
  "run --rm -T --entrypoint echo~first web second",
  "run --rm -T -w /tmp -u 1000:1000 web sh -c id;pwd",
  "run --rm -T -v /tmp:/here:ro web ls -d /here",
  "run --rm -T job",
  "run --rm -T nosuch",
  "run --rm -T -p 1:1 -P web true",
  "run --rm -T -l nonsense web true",
  "run --rm -T --pull nonsense web true",
  "run --rm -T web no-such-program",
  "run",
  // Files.
  "cp web:/etc/hostname ./out.txt",
  "cp ./compose.yaml db:/copied.yaml",
  "exec -T --index 2 db ls /copied.yaml",
  "cp --index 1 ./compose.yaml db:/once.yaml",
  "exec -T --index 2 db ls /once.yaml",
  "cp nosuch:/a ./b",
  "cp web:/no-such-file ./b",
  "cp web:/a db:/b",
  "cp ./a ./b",
  "cp web:/a",
  "export -o ./web.tar web",
  "export nosuch",
  "commit nosuch",
  // Pulling and pushing what there is no registry for.
  "pull --policy missing db",
  "pull nosuch",
  "push db",
  "build nosuch",
  "stats nosuch --no-stream",
  "attach nosuch",
  "attach done",
  "version --short",
];

/** Words as the programs are given them. */
export function wordsOf(call: string): string[] {
  return call.split(" ").map((word) => word.replaceAll("~", " "));
}

export interface VerbsProject extends AsyncDisposable {
  readonly name: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The project, up: its containers run, are healthy or have ended. */
export async function verbsProject(host: string): Promise<VerbsProject> {
  const directory = mkdtempSync(join(tmpdir(), "hull-verbs-"));
  cpSync(join(fixtures, "compose.yaml"), join(directory, "compose.yaml"));
  const name = `verbs${process.pid}`;
  const environment = {
    DOCKER_HOST: host,
    DOCKER_CONFIG: join(directory, "config"),
    COMPOSE_PROJECT_NAME: name,
    COLUMNS: "200",
  };
  const hull = (...words: string[]) => runHull(["compose", ...words], { cwd: directory, env: environment });
  const up = await hull("up", "-d");
  if (up.code !== 0) throw new Error(`compose up: ${up.out}${up.err}`);
  await until("the services are as they are to be", async () => {
    const { out } = await hull("ps", "-a", "--format", "{{.Service}} {{.State}} {{.Health}}");
    return (
      out.split("\n").filter((line) => /^(db running healthy|done exited|web running)/.test(line)).length ===
      4
    );
  });
  return {
    name,
    directory,
    environment,
    async [Symbol.asyncDispose]() {
      await hull("down", "-v", "-t", "0", "--remove-orphans");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** What differs from one time to the next is a word in capitals. */
export function plain(text: string, { name, directory }: VerbsProject): string {
  return text
    .replaceAll(directory, "DIR")
    .replaceAll(name, "PROJECT")
    .replace(/\b[0-9a-f]{64}\b/g, "ID")
    .replace(/\b[0-9a-f]{12}\b/g, "SHORT")
    .replace(
      /(About an? \w+|Less than a second|\d+ (second|minute|hour|day|week|month|year)s?)( ago)?/g,
      "AGO",
    )
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(Z| \+0000 UTC)?/g, "TIME")
    .replace(/(127\.0\.0\.1):\d+/g, "$1:PORT")
    .replace(/"PublishedPort":[1-9]\d*/g, '"PublishedPort":PORT')
    .replace(/\d{4,5}\/(tcp|udp)(?=[,\n]|$)/g, "PORT/$1")
    .replace(/"Labels":"([^"]*)"/g, (_, labels: string) => `"Labels":"${labelsOf(labels)}"`)
    .replace(/ +/g, " ");
}

/** Hull's own say how an engine of its own leads to containers. */
function labelsOf(text: string): string {
  const labels = text.split(",").filter((label) => !label.startsWith("hull."));
  return labels.sort().join(",");
}

export function plainAnswer(
  { code, out, err }: { readonly code: number; readonly out: string; readonly err: string },
  project: VerbsProject,
): Answer {
  const said = plain(err, project);
  // Progress comes in the order in which things happen.
  const lines = said
    .split("\n")
    .filter((line) => line !== "")
    .sort();
  return {
    code,
    out: plain(out, project),
    err: code === 0 ? lines.join("\n") : (said.split("\n").filter((line) => !isProgress(line))[0] ?? ""),
  };
}

const isProgress = (line: string) => line === "" || /^ \S/.test(line);

if (import.meta.main) {
  const [program] = process.argv.slice(2);
  if (!program) throw new Error("say which docker-compose");
  await using engine = await TestEngine.start();
  await using project = await verbsProject(engine.host);
  const answers: Record<string, Answer> = {};
  for (const call of calls) {
    const child = Bun.spawn([program, ...wordsOf(call)], {
      cwd: project.directory,
      env: { PATH: process.env.PATH ?? "", HOME: project.directory, ...project.environment },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    answers[call] = plainAnswer({ code, out, err }, project);
  }
  process.stdout.write(`${JSON.stringify(answers, undefined, 2)}\n`);
}
