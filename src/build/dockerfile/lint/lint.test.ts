// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Dockerfiles
import { describe, expect, test } from "bun:test";
import { ignoreMatcher } from "../../../lib/ignore-file.ts";
import { parseDockerfile } from "../parse-dockerfile.ts";
import type { LintFacts } from "./facts.ts";
import { lintDockerfile, lintFailure, rules } from "./lint.ts";

const read = (text: string) => parseDockerfile({ name: "Dockerfile", text });
const found = (text: string, facts: LintFacts = {}) =>
  lintDockerfile(read(text), facts).map(({ rule, range }) => `${rule} ${range?.start.line}`);

describe("what is known beside the file", () => {
  const text = "FROM debian:12\nWORKDIR $HOME_DIR\nCMD echo hi\n";

  test("an unknown base image may bring any variable", () => {
    expect(found(text)).toEqual(["JSONArgsRecommended 3"]);
  });

  test("a known one tells which there are", () => {
    expect(found(text, { environmentOf: () => new Map() })).toEqual([
      "UndefinedVar 2",
      "JSONArgsRecommended 3",
    ]);
    expect(found(text, { environmentOf: () => new Map([["HOME_DIR", "/h"]]) })).toEqual([
      "JSONArgsRecommended 3",
    ]);
  });

  test("a base image with a shell of its own means it", () => {
    expect(found(text, { hasShell: () => true })).toEqual([]);
  });

  test("arguments of the build stand in for defaults", () => {
    const open = "ARG TAG=latest\nFROM debian:$TAG\n";
    expect(found(open)).toEqual(["PinVersions 2"]);
    expect(found(open, { buildArgs: new Map([["TAG", "12"]]) })).toEqual([]);
  });

  test("what the ignore file leaves out cannot be copied", () => {
    const copy = "FROM debian:12\nCOPY a b* https://example.org/x /dst/\nCOPY --from=0 a /\n";
    expect(found(copy, { ignore: ignoreMatcher(["*"]) })).toEqual(["CopyIgnoredFile 2"]);
    expect(found(copy, { ignore: ignoreMatcher(["*", "!a"]) })).toEqual([]);
    expect(found("FROM debian:12\nCOPY . /\n", { ignore: ignoreMatcher(["*", "!src/x"]) })).toEqual([]);
    expect(found("FROM debian:12\nCOPY . /\n", { ignore: ignoreMatcher(["**"]) })).toEqual([
      "CopyIgnoredFile 2",
    ]);
  });
});

describe("# check=", () => {
  const text = "FROM debian:12 AS Big\nMAINTAINER me\nCMD echo\n";

  test("skips by name, all, and for one instruction", () => {
    expect(found(text)).toEqual(["StageNameCasing 1", "MaintainerDeprecated 2", "JSONArgsRecommended 3"]);
    expect(found(`# check=skip=StageNameCasing,JSONArgsRecommended\n${text}`)).toEqual([
      "MaintainerDeprecated 3",
    ]);
    expect(found(`# check=skip=all\n${text}`)).toEqual([]);
    expect(found(text.replace("MAINTAINER", "# check=skip=MaintainerDeprecated\nMAINTAINER"))).toEqual([
      "StageNameCasing 1",
      "JSONArgsRecommended 4",
    ]);
  });

  test("skips what the parser found too", () => {
    const broken = "FROM debian:12\nCMD ['a']\n";
    expect(found(broken)).toEqual(["InvalidJSONForm 2", "JSONArgsRecommended 2"]);
    expect(found(`# check=skip=InvalidJSONForm\n${broken}`)).toEqual(["JSONArgsRecommended 3"]);
    expect(found("FROM debian:12\n# check=skip=all\nCMD ['a']\n")).toEqual([]);
  });

  test("is overridden by the argument of the build", () => {
    const buildArgs = new Map([["BUILDKIT_DOCKERFILE_CHECK", "skip=all"]]);
    expect(found(text, { buildArgs })).toEqual([]);
  });

  test("error=true makes BuildKit's findings end the build, and only those", () => {
    const failure = (file: string) => {
      const dockerfile = read(file);
      return lintFailure(dockerfile, lintDockerfile(dockerfile))?.message;
    };
    expect(failure(text)).toBeUndefined();
    expect(failure(`# check=error=true;skip=StageNameCasing\n${text}`)).toBe(
      "lint violation found for rules: MaintainerDeprecated, JSONArgsRecommended",
    );
    expect(failure("# check=error=true\nFROM debian\n")).toBeUndefined();
  });
});

describe("nothing is found where nothing is wrong", () => {
  test.each([
    "FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN useradd b\n",
    "FROM debian:12 AS build\nRUN a\nRUN b\nRUN c\nFROM scratch\nCOPY --from=build /a /\n",
    "FROM node:22\nCOPY . .\nRUN npm run build\n",
    "FROM node:22\nCOPY package.json ./\nRUN npm ci\nCOPY . .\nRUN npm ci --offline\n",
    "FROM python:3.13\nCOPY . .\nRUN --mount=type=cache,target=/root/.cache pip install -r requirements.txt\n",
    "FROM python:3.13\nCOPY . .\nRUN pip install -e .\n",
    "FROM python:3.13\nRUN pip install 'flask>=3' -r more.txt\n",
    "FROM python:3.13\nRUN pip install --index-url https://example.org/simple ./pkg.whl a==1\n",
    "FROM debian:12\nRUN [ -d /a ] || mkdir /a\n",
    "FROM debian:12\nENV PATH=/x:$PATH LD_LIBRARY_PATH=/y:$LD_LIBRARY_PATH\n",
    "FROM debian:12\nENV KEYBOARD=us MONKEY=1 AUTHOR=me\n",
    "FROM --platform=linux/amd64 debian:12 AS build-amd64\n",
    "FROM debian:12\nARG GIT_SHA\nRUN make\n",
    "FROM debian:12\nWORKDIR /a\nWORKDIR b\n",
    "FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN rm -rf /opt/unused\n",
    "# escape=`\nFROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN a\nRUN b\nRUN c\n",
  ])("%j", (text) => {
    expect(found(text)).toEqual([]);
  });
});

test("a rewrite of a finding is found no more", () => {
  const lines = [
    "FROM debian:12 AS Big",
    "MAINTAINER me",
    "ENV a b c",
    "WORKDIR rel",
    "EXPOSE 1:80/TCP",
    "CMD echo hi",
    "CMD ['a', 'b']",
    "ENV A=1 B=$A",
    "RUN apt-get update",
  ];
  for (const line of lines) {
    const text = line.startsWith("FROM") ? `${line}\n` : `FROM debian:12\n${line}\nRUN apt-get install x\n`;
    for (const { rule, rewrite, range } of lintDockerfile(read(text))) {
      if (range === undefined || rewrite === undefined) throw new Error(`${rule} has no place or no rewrite`);
      const rest = text.split("\n");
      const inserted = rest.toSpliced(range.start.line - 1, range.end.line - range.start.line + 1, rewrite);
      const again = lintDockerfile(read(inserted.join("\n"))).map((finding) => finding.rule);
      if (rule !== "AptUpdateApart") expect(again).not.toContain(rule);
    }
  }
});

test("every rule has a name of its own, and BuildKit's have their page", () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  expect(rules.filter(({ url }) => url !== undefined)).toHaveLength(20);
});
