import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { clientEngine, onReference } from "../setup/client-engine.ts";
import {
  type Answer,
  calls,
  plainAnswer,
  recordedAnswers,
  type VerbsProject,
  verbsProject,
  wordsOf,
} from "../setup/compose-verbs.ts";
import { runHull } from "../setup/hull-cli.ts";

const engine = clientEngine();
let project: VerbsProject | undefined;

// The recorded answers are about a project on Hull's engine, which knows more than 20.10.
beforeAll(async () => {
  if (onReference) return;
  project = await verbsProject(engine.host);
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
});

async function answer(call: string): Promise<Answer> {
  if (!project) throw new Error("there is no project");
  const { directory, environment } = project;
  const result = await runHull(["compose", ...wordsOf(call)], { cwd: directory, env: environment });
  return plainAnswer(result, project);
}

/** Where our words are others on purpose. */
const otherWords: Readonly<Record<string, string>> = {
  // Too few arguments are told as for every other command of this program.
  "port web": "hull: 'hull compose port' requires at least 2 arguments",
  "exec web": "hull: 'hull compose exec' requires at least 2 arguments",
  exec: "hull: 'hull compose exec' requires at least 2 arguments",
  run: "hull: 'hull compose run' requires at least 1 argument",
  "cp web:/a": "hull: 'hull compose cp' requires 2 arguments",
  // Docker Compose forgets to say that it is done.
  "export -o ./web.tar web": [
    " PROJECT-web-1 export PROJECT-web-1 to ./web.tar Exported",
    " PROJECT-web-1 export PROJECT-web-1 to ./web.tar Exporting",
  ].join("\n"),
};

describe.skipIf(onReference)("answers are those of Docker Compose 2.40.3", () => {
  const recorded = recordedAnswers();
  for (const call of calls) {
    test(call, async () => {
      const expected = recorded[call];
      if (!expected) throw new Error("nothing is recorded for it");
      expect(await answer(call)).toEqual({
        ...expected,
        ...(otherWords[call] !== undefined && { err: otherWords[call] }),
      });
    });
  }
});
