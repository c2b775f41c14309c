// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Dockerfiles
import { describe, expect, test } from "bun:test";
import { DockerfileError } from "./dockerfile-error.ts";
import { parseDockerfile, parseTrigger } from "./parse-dockerfile.ts";

const parse = (text: string) => parseDockerfile({ name: "Dockerfile", text });

function errorOf(text: string): DockerfileError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof DockerfileError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("parseDockerfile", () => {
  test("knows where an instruction stands, heredocs included", () => {
    const { stages } = parse("FROM a\n\n  RUN <<A x \\\n  <<B\n1\nA\n2\nB\nCMD x\n");
    expect(stages[0]?.instructions.map(({ range }) => range)).toEqual([
      { start: { line: 3, column: 3 }, end: { line: 8, column: 2 } },
      { start: { line: 9, column: 1 }, end: { line: 9, column: 6 } },
    ]);
  });

  test("an error points at the word", () => {
    const error = errorOf("FROM a\nCOPY --from=x \\\n  --chwon=1 a b\n");
    expect(error.message).toBe(
      "dockerfile parse error on line 3: unknown flag: --chwon (did you mean chown?)",
    );
    expect(error.range).toEqual({ start: { line: 3, column: 3 }, end: { line: 3, column: 12 } });
    expect(error.hint).toBe("--chown");
  });

  test("an unknown instruction is answered with the nearest one", () => {
    const error = errorOf("FROM a\nCPOY a b\n");
    expect(error.message).toContain("unknown instruction: CPOY (did you mean COPY?)");
    expect(error.range).toEqual({ start: { line: 2, column: 1 }, end: { line: 2, column: 5 } });
  });

  test("a byte order mark and line ends of Windows change nothing", () => {
    const { stages } = parse("\uFEFFFROM a\r\nRUN b \\\r\n  c\r\n");
    expect(stages[0]?.instructions[0]).toMatchObject({ command: { form: "shell", line: "b   c" } });
  });
});

test("parseTrigger reads what ONBUILD keeps", () => {
  const { stages } = parse("FROM a\nONBUILD COPY <<-A /b\n\tx\n\tA\n");
  const onbuild = stages[0]?.instructions[0];
  if (onbuild?.name !== "ONBUILD") throw new Error("no ONBUILD");
  expect(parseTrigger(onbuild.trigger)).toMatchObject({ name: "COPY", heredocs: [{ content: "x\n" }] });
  expect(() => parseTrigger("FROM x")).toThrow("FROM isn't allowed as an ONBUILD trigger");
});
