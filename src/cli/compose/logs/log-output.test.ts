import { expect, test } from "bun:test";
import { nanosOf } from "../../logs/log-lines.ts";
import { painter } from "../../terminal/colours.ts";
import { LogOutput } from "./log-output.ts";
import { byName, containerOfEvent, containerOfSummary } from "./project-container.ts";

const stamp = "2026-05-01T12:00:00.000000001Z";
const line = (text: string, stream: "stdout" | "stderr" = "stdout") => ({
  stream,
  stamp,
  time: nanosOf(stamp),
  text,
  ended: true,
});

function written(work: (output: LogOutput) => void, more = {}) {
  const texts: string[] = [];
  const write = (stream: string, text: string) => void texts.push(`${stream}: ${text}`);
  work(new LogOutput({ paint: painter(false), prefix: true, timestamps: false, write, ...more }));
  return texts;
}

test("lines stand behind names as wide as the widest, and go where they came from", () => {
  expect(
    written((output) => {
      output.add("database-1");
      output.lines([
        { name: "web-1", line: line("one\r") },
        { name: "web-1", line: line("two") },
        { name: "database-1", line: line("bad", "stderr") },
      ]);
      output.status("web-1", "exited with code 0");
      output.note("Watch enabled");
    }),
  ).toEqual([
    "stdout: web-1       | one\nweb-1       | two\n",
    "stderr: database-1  | bad\n",
    "stdout: web-1 exited with code 0\n",
    "stdout:             ⦿ Watch enabled\n",
  ]);
});

test("without names, with times", () => {
  const one = [{ name: "web-1", line: line("one") }];
  expect(written((output) => output.lines(one), { prefix: false, timestamps: true })).toEqual([
    `stdout: ${stamp} one\n`,
  ]);
});

const labels = (service: string, number: string) => ({
  "com.docker.compose.project": "shop",
  "com.docker.compose.service": service,
  "com.docker.compose.container-number": number,
});
const summary = (name: string, service = "web", number = "1") =>
  containerOfSummary({ Id: name, Names: [`/${name}`], Labels: labels(service, number) });

test("a container is called as its service and number, unless the file names it", () => {
  expect(summary("shop-web-1").shown).toBe("web-1");
  expect(summary("shop_web_1").shown).toBe("web_1");
  expect(summary("0123456789ab_shop-web-1").shown).toBe("web-1");
  expect(summary("shop-front").shown).toBe("shop-front");
  const event = { Actor: { ID: "i", Attributes: { ...labels("web", "2"), name: "shop-web-2" } } };
  expect(containerOfEvent(event)).toMatchObject({ id: "i", service: "web", number: 2, shown: "web-2" });
});

test("ten comes after nine", () => {
  const all = ["10", "9"].map((number) => summary(`shop-web-${number}`, "web", number));
  expect([summary("shop-z-1", "z"), ...all].sort(byName).map(({ shown }) => shown)).toEqual([
    "web-9",
    "web-10",
    "z-1",
  ]);
});
