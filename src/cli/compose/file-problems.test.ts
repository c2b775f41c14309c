import { expect, test } from "bun:test";
import { ComposeFileError } from "../../compose/load/compose-error.ts";
import { painter } from "../terminal/colours.ts";
import { problemsText } from "./file-problems.ts";

const text = "services:\n  web:\n    image: nginx\n\tenviroment:\n      A: b\n";

const view = {
  paint: painter(false),
  workingDirectory: "/project",
  lines: (file: string) => (file.endsWith("compose.yaml") ? text.split("\n") : undefined),
};

test("every mistake stands below its lines, with a marker and what was probably meant", () => {
  const error = new ComposeFileError([
    {
      place: { file: "/project/compose.yaml", line: 4, column: 2 },
      path: "services.web",
      message: "additional properties 'enviroment' not allowed",
      nearest: "environment",
    },
    { place: { file: "-", line: 1, column: 1 }, path: "", message: "is a list", nearest: "services" },
  ]);
  expect(
    problemsText(error, view),
  ).toBe(`compose.yaml:4:2: services.web: additional properties 'enviroment' not allowed
   2 │   web:
   3 │     image: nginx
>  4 │ \tenviroment:
     │ \t^ did you mean "environment"?
   5 │       A: b

stdin:1:1: is a list (did you mean "services"?)

2 mistakes in the files of the project
`);
});

test("a mistake without a place is one line", () => {
  const error = new ComposeFileError([
    { place: undefined, path: "services.web", message: "has neither an image nor a build" },
  ]);
  expect(problemsText(error, view)).toBe("services.web: has neither an image nor a build\n");
});
